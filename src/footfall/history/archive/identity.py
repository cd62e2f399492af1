"""Which store a folder of archives belongs to: both have its id. A new store, or another one, takes
no folder for its own."""

from collections.abc import Set
from pathlib import Path

import msgspec

from footfall.errors import StoreUnavailable
from footfall.history.archive.manifest import put_in_place
from footfall.history.folder import site_folders

NAME = "store.json"
REFUSED = "the archive belongs to another store: its operator finds the reason in the log"
NAMED = 3
"""Sites that a message names."""


class FolderOwner(msgspec.Struct, frozen=True):
    store: str
    """The store's id."""


def claim(folder: Path, store: str, known: Set[str]) -> None:
    """Make sure that ``folder`` is that of the store with this id. One that belongs to nobody yet
    is taken if it has an archive of a ``known`` site, or none at all. Raises OSError, and
    StoreUnavailable when it is refused."""
    path = folder / NAME
    try:
        owner = msgspec.json.decode(path.read_bytes(), type=FolderOwner).store
    except FileNotFoundError:
        _adopt(folder, store, known)
    except msgspec.MsgspecError as error:
        raise StoreUnavailable(
            f"{path} can't be read ({error}): restore it from a backup, or remove it to give the "
            "folder to this store",
            public=REFUSED,
        ) from error
    else:
        if owner != store:
            raise StoreUnavailable(
                f"{folder} is the archive of another store, and stays as it is: start that store, "
                f"choose another history_folder or, to give it to this store, remove {path}",
                public=REFUSED,
            )


def _adopt(folder: Path, store: str, known: Set[str]) -> None:
    sites = site_folders(folder).keys()
    if sites and not sites & known:
        names = ", ".join(sorted(sites)[:NAMED]) + (" …" if len(sites) > NAMED else "")
        raise StoreUnavailable(
            f"{folder} has the archives of {names}, and this store knows no such site: it stays as "
            "it is. Start the store that does, choose another history_folder, or add such a site",
            public=REFUSED,
        )
    put_in_place(folder / NAME, msgspec.json.encode(FolderOwner(store)))

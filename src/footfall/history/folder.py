"""Where the archive is."""

from pathlib import Path

from footfall.errors import InvalidInput

INCOMING = "incoming"
"""What was imported and is not taken in yet, below the folder of all."""
SOURCES = "sources.json"
"""In a site's folder: how far the files of others were read."""
REMOVED = "removed"
"""Below the folder of all: archives of sites that the store does not know, by the day on which they
were moved there."""
_PREFIX = "site="


def site_folder(folder: Path, site: str) -> Path:
    """Where a site's archive is, below the folder of all."""
    return folder / (_PREFIX + site)


def incoming_folder(folder: Path, site: str) -> Path:
    """Where the imports of a site wait, below the folder of all."""
    return folder / INCOMING / (_PREFIX + site)


def site_folders(folder: Path) -> dict[str, Path]:
    """Those that there are, by site."""
    found = sorted(folder.glob(_PREFIX + "*"))
    return {each.name.removeprefix(_PREFIX): each for each in found}


def archive_folder(store: str, history_folder: str) -> Path | None:
    """Beside the database or, for other stores that last, in the working folder, each store's own.
    None for a store in memory: a temporary folder does. Raises InvalidInput for a store that has
    no name."""
    if history_folder:
        return Path(history_folder)
    scheme, _, rest = store.partition("://")
    place = rest.partition("?")[0]
    if scheme == "memory":
        return None
    path = Path(place.removeprefix("/") if scheme == "sqlite" else place)
    if not path.name:
        raise InvalidInput(f"cannot tell where the archive of {store!r} is: set history_folder")
    return path.with_name(path.stem + ".history")

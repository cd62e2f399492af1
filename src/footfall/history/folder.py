"""Where the archive is."""

from pathlib import Path

from footfall.errors import InvalidInput

PREFIX = "site="
"""Of the folder of a site, followed by its id."""


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

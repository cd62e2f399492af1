"""Places from a file in MaxMind's format, such as GeoLite2 or DB-IP (country or city)."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import maxminddb
import structlog

from footfall.background import BackgroundTask
from footfall.enrich.draft import NOWHERE
from footfall.enrich.geo import FindPlace, registered
from footfall.errors import InvalidInput
from footfall.model import GeoPlace, named_place

MAX_NAME = 200
LOOK_S = 10.0
"""Between two looks at whether the file was replaced."""

BAD_FILE = (OSError, ValueError, maxminddb.InvalidDatabaseError)

logger = structlog.get_logger()


class GeoDatabase:
    """Read again when its file changes; one that can't be read leaves the old one in use."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidInput when there is no such database."""
        self.task = BackgroundTask("geo database")
        self._path = path
        self._version: tuple[int, int, int] | None = None
        try:
            self._version = self._on_disk()
            self._reader = _opened(path)
        except BAD_FILE as error:
            raise InvalidInput(
                f"the database of places {path} can't be read ({error}): name a file in MaxMind's "
                "format (.mmdb), such as GeoLite2 or DB-IP",
                field="geo_database",
            ) from error

    def start(self) -> None:
        self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    def place(self, address: str) -> GeoPlace:
        try:
            record = self._reader.get(address)
        except Exception:  # no address, such as a Unix socket's; or a damaged part of the file
            return NOWHERE
        return _place(record)

    def refresh(self) -> None:
        """Read the file again if it is another one."""
        try:
            version = self._on_disk()
            if version == self._version:
                return
            self._version = version
            self._reader = _opened(self._path)
        except BAD_FILE as error:
            logger.error("geo_database.not_read", path=str(self._path), error=str(error))
        else:
            logger.info("geo_database.read", path=str(self._path))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await asyncio.to_thread(self.refresh)

    def _on_disk(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns


def _place(record: object) -> GeoPlace:
    """Parts that are not as they should be are unknown: such a file is readable all the same."""
    country = _code(_of(record, "country")) or _code(_of(record, "registered_country"))
    regions = _of(record, "subdivisions")
    region = regions[0] if isinstance(regions, list) and regions else None
    return named_place(country, _name(region), _name(_of(record, "city")))


def _name(of: object) -> str | None:
    """In English; or what else there is of it."""
    names = _of(of, "names")
    others = names.values() if isinstance(names, dict) else ()
    wanted = (_of(names, "en"), *others, _of(of, "iso_code"))
    return next((each for each in wanted if isinstance(each, str) and _is_name(each)), None)


def _code(country: object) -> str | None:
    code = _of(country, "iso_code")
    return code if isinstance(code, str) and len(code) == 2 and _is_name(code) else None


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME and text.isprintable()


def _of(record: object, key: str) -> object:
    return record.get(key) if isinstance(record, dict) else None


def open_geo_database(path: str) -> GeoDatabase | None:
    """None for an empty path. Raises InvalidInput."""
    return GeoDatabase(Path(path)) if path else None


def place_finder(database: GeoDatabase | None) -> FindPlace:
    return registered if database is None else database.place


def _opened(path: Path) -> maxminddb.Reader:
    """Of a copy that nobody else writes: it is mapped into memory, and a file that is overwritten
    there would end the process. Raises OSError and ValueError."""
    with tempfile.NamedTemporaryFile(prefix="footfall-geo-") as copy, path.open("rb") as file:
        shutil.copyfileobj(file, copy)
        copy.flush()
        return maxminddb.open_database(copy.name)

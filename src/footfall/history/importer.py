"""Events of any age, over HTTP into a site's archive: read by a process of its own
(``imports/__main__.py``), so that no live number waits for it."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from footfall.errors import AlreadyExists, InvalidInput, NotServed, Overloaded, StoreUnavailable
from footfall.history.limits import ArchiveLimits
from footfall.history.sources import checked_source, note_until, read_until
from footfall.model import SiteRules

NO_ARCHIVE = "this server keeps no history: send events of any age to one that does"
FAILED = "the import failed, and nothing was taken: its operator finds the reason in the log"


class ImportTask(msgspec.Struct, frozen=True):
    """The first line that the process reads. Events follow, one a line, then the ``End``."""

    folder: str
    source: str
    begin: int
    rules: SiteRules
    limits: ArchiveLimits
    geo_database: str
    now: int


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line. Without it nothing is taken, for somebody hung up."""

    to: int


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What the process says at its end."""

    to: int = 0
    events: int = 0
    dropped: dict[str, int] = {}
    """By reason."""
    error: str | None = None
    """What is wrong with the events: then none was taken."""
    field: str | None = None


class Importer:
    def __init__(
        self,
        folder: Callable[[], Path | None],
        limits: ArchiveLimits,
        geo_database: str,
        taken: Callable[[], None],
    ) -> None:
        """``folder`` is where the archive is, None where there is none. ``taken`` is called when
        the archive's process finds something to take in."""
        self._folder = folder
        self._limits = limits
        self._geo_database = geo_database
        self._taken = taken
        self._running = asyncio.Lock()
        self._noting = asyncio.Lock()

    async def until(self, site: str, source: str) -> int | None:
        """How far ``source`` was read; None where no history is kept. Raises InvalidInput and
        StoreUnavailable."""
        checked_source(source)
        folder = self._folder()
        return None if folder is None else await asyncio.to_thread(read_until, folder, site, source)

    async def take(
        self, rules: SiteRules, source: str, begin: int, now: int, body: AsyncIterator[bytes]
    ) -> Imported:
        """Take what ``source`` has from ``begin`` on: all of it or nothing. Raises AlreadyExists
        unless it was read up to ``begin``, InvalidInput, NotServed, Overloaded and
        StoreUnavailable."""
        site, folder = rules.site.id, self._folder()
        if folder is None:
            raise NotServed(NO_ARCHIVE)
        first = await anext(body, b"")
        found = _nothing(first)
        if found is not None:
            async with self._noting:
                await self._require(site, source, begin)
                await self._note(folder, site, source, found.to)
            return found
        if self._running.locked():
            raise Overloaded("another import is running: send it again in a minute")
        async with self._running:
            await self._require(site, source, begin)
            task = ImportTask(
                str(folder), source, begin, rules, self._limits, self._geo_database, now
            )
            found = await _run(task, first, body)
            async with self._noting:
                await self._note(folder, site, source, found.to)
        self._taken()
        return found

    async def _require(self, site: str, source: str, begin: int) -> None:
        known = await self.until(site, source)
        if known != begin:
            raise AlreadyExists(f"{source} was read up to {known}, not {begin}: go on from there")

    async def _note(self, folder: Path, site: str, source: str, until: int) -> None:
        try:
            await asyncio.to_thread(note_until, folder, site, source, until)
        except OSError as error:
            raise StoreUnavailable(f"can't write into {folder}: {error}", public=FAILED) from error


def _nothing(first: bytes) -> Imported | None:
    """What a body without events comes to, as it comes whole; None for all others."""
    try:
        return Imported(to=msgspec.json.decode(first, type=End).to)
    except msgspec.MsgspecError:
        return None


async def _run(task: ImportTask, first: bytes, body: AsyncIterator[bytes]) -> Imported:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "footfall.imports",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # ctrl-C is for the server
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it says why
            process.stdin.write(msgspec.json.encode(task) + b"\n" + first)
            async for part in body:
                process.stdin.write(part)
                await process.stdin.drain()
        async for _ in body:  # whoever still sends would not read the answer
            pass
        process.stdin.close()
        said = await process.stdout.read()
        await process.wait()
    except BaseException:
        process.stdin.close()  # without an ``End``, so that it removes what it has
        raise
    return _understood(said)


def _understood(said: bytes) -> Imported:
    try:
        found = msgspec.json.decode(said, type=Imported)
    except msgspec.MsgspecError:
        raise StoreUnavailable("the process of an import failed", public=FAILED) from None
    if found.error is not None:
        raise InvalidInput(found.error, field=found.field)
    return found

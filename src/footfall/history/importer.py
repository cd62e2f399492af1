"""Events of any age, over HTTP into a site's archive: read by a process of its own
(``imports/__main__.py``), so that no live number waits for it."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from footfall.clock import Clock
from footfall.errors import AlreadyExists, InvalidInput, NotServed, Overloaded, StoreUnavailable
from footfall.history.limits import ArchiveLimits
from footfall.history.sources import Known, Marks, checked_source, note_known, read_known
from footfall.history.upload import uploaded
from footfall.model import SiteRules

NO_ARCHIVE = "this server keeps no history: send events of any age to one that does"
FAILED = "the import failed, and nothing was taken: its operator finds the reason in the log"


MAX_UPLOADS = 8
"""Imports that arrive at once, each of another site; they are read one after the other."""


class ImportTask(msgspec.Struct, frozen=True):
    """What the process reads first. The file has the events, one a line, then the ``End``."""

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
    marks: Marks = {}


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What the process says at its end."""

    to: int = 0
    marks: Marks = {}
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
        max_bytes: int,
        taken: Callable[[], None],
    ) -> None:
        """``folder`` is where the archive is, None where there is none. ``taken`` is called when
        the archive's process finds something to take in."""
        self._folder = folder
        self._limits = limits
        self._geo_database = geo_database
        self._max_bytes = max_bytes
        self._taken = taken
        self._arriving: set[str] = set()
        self._running = asyncio.Lock()
        self._noting = asyncio.Lock()

    async def known(self, site: str, source: str) -> Known | None:
        """How far ``source`` was read; None where no history is kept. Raises InvalidInput and
        StoreUnavailable."""
        checked_source(source)
        folder = self._folder()
        return None if folder is None else await asyncio.to_thread(read_known, folder, site, source)

    async def take(
        self, rules: SiteRules, source: str, begin: int, now: Clock, body: AsyncIterator[bytes]
    ) -> Imported:
        """Take what ``source`` has from ``begin`` on: all of it or nothing. Raises AlreadyExists
        unless it was read up to ``begin``, InvalidInput, NotServed, Overloaded, TooLarge and
        StoreUnavailable."""
        site, folder = rules.site.id, self._folder()
        if folder is None:
            raise NotServed(NO_ARCHIVE)
        await self._require(site, source, begin)
        first = await anext(body, b"")
        found = _nothing(first)
        if found is not None:
            async with self._noting:
                await self._require(site, source, begin)
                await self._note(folder, site, source, found)
            return found
        with self._place(site):
            upload = uploaded(folder, _chained(first, body), self._max_bytes)
            async with upload as file, self._running:
                await self._require(site, source, begin)
                task = ImportTask(
                    str(folder), source, begin, rules, self._limits, self._geo_database, now()
                )
                found = await _run(task, file)
                async with self._noting:
                    await self._note(folder, site, source, found)
        self._taken()
        return found

    @contextlib.contextmanager
    def _place(self, site: str) -> Iterator[None]:
        """For an import that arrives. Raises Overloaded."""
        if site in self._arriving:
            raise Overloaded("another import of this site arrives: send it again in a minute")
        if len(self._arriving) >= MAX_UPLOADS:
            raise Overloaded("too many imports arrive at once: send it again in a minute")
        self._arriving.add(site)
        try:
            yield
        finally:
            self._arriving.discard(site)

    async def _require(self, site: str, source: str, begin: int) -> None:
        known = await self.known(site, source)
        if known is not None and known.to != begin:
            raise AlreadyExists(
                f"{source} was read up to {known.to}, not {begin}: go on from there"
            )

    async def _note(self, folder: Path, site: str, source: str, found: Imported) -> None:
        known = Known(found.to, found.marks)
        try:
            await asyncio.to_thread(note_known, folder, site, source, known)
        except OSError as error:
            raise StoreUnavailable(f"can't write into {folder}: {error}", public=FAILED) from error


def _nothing(first: bytes) -> Imported | None:
    """Result for a body without events, as it comes whole; None for all others."""
    try:
        end = msgspec.json.decode(first, type=End)
    except msgspec.MsgspecError:
        return None
    return Imported(to=end.to, marks=end.marks)


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


async def _run(task: ImportTask, events: BinaryIO) -> Imported:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "footfall.imports",
        str(events.fileno()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=(events.fileno(),),
        start_new_session=True,  # ctrl-C is for the server
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it says why
            process.stdin.write(msgspec.json.encode(task) + b"\n")
            await process.stdin.drain()
        said = await process.stdout.read()
    finally:
        process.stdin.close()  # before its end, this ends it
        await process.wait()
    return _understood(said)


def _understood(said: bytes) -> Imported:
    try:
        found = msgspec.json.decode(said, type=Imported)
    except msgspec.MsgspecError:
        raise StoreUnavailable("the process of an import failed", public=FAILED) from None
    if found.error is not None:
        raise InvalidInput(found.error, field=found.field)
    return found

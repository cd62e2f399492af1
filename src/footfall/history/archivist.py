"""Starts, feeds and asks the archive's process (``history/archive``), and starts another when it
ends. Nothing of what happens to it reaches the live numbers."""

import asyncio
import contextlib
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.errors import Overloaded, StoreUnavailable
from footfall.eventlog.port import EventLog, Tail
from footfall.history.archive import manifest as manifests
from footfall.history.feed import ArchiveFeed
from footfall.history.folder import site_folder
from footfall.history.frames import (
    Archived,
    Beginning,
    FolderHeld,
    NotTaken,
    Passed,
    Removed,
    Replayed,
    Restart,
    SnapshotAsked,
    SnapshotTaken,
    Standing,
    TakenIn,
    frames,
    send,
)
from footfall.history.limits import ArchiveLimits
from footfall.history.set_aside import SetAside
from footfall.history.snapshots import SiteSnapshot
from footfall.history.suspects import Suspects

logger = structlog.get_logger()

PASS_S = 10.0
"""Between two looks at what can be archived."""
NOT_RUNNING = "the archive's process is starting: try again in a few seconds"
ENDED = "the archive's process has ended, and another is started: try again in a few seconds"


class _Wanted(Exception):
    """The process wants another in its place."""


class ArchivedStore(NamedTuple):
    """What the archive is of."""

    id: Callable[[], Awaitable[str]]
    log: EventLog
    sites: Callable[[], Iterable[str]]
    removed: Callable[[], Iterable[str]]
    """Sites that are still swept."""


class Archivist:
    def __init__(
        self,
        folder: Path | None,
        store: ArchivedStore,
        limits: ArchiveLimits,
        clock: Clock,
    ) -> None:
        """``folder`` is where the archive is; None for a temporary one."""
        self.task = BackgroundTask("history")
        self.standing: Standing | None = None
        """As the process told it last; None until it has."""
        self.pid: int | None = None
        """Of the process, while it runs."""
        self.set_aside = SetAside(clock)
        """The events that the archive can't take."""
        self._folder = folder
        self._where: Path | None = folder
        self._store = store
        self._removed: set[str] = set()
        """Sites that were removed, until a process knows it."""
        self._limits = limits
        self._clock = clock
        self._writer: asyncio.StreamWriter | None = None
        self._tail: Tail | None = None
        self._feed: ArchiveFeed | None = None
        self._suspects = Suspects(self.set_aside)
        self._is_wanted = asyncio.Event()
        self._number = 0
        self._asked: dict[int, asyncio.Future[Path]] = {}
        """Snapshots that are taken, by number."""
        self._on_end: list[Callable[[], None]] = []

    def on_end(self, call: Callable[[], None]) -> None:
        """``call`` is called when a process has ended: what it wrote for readers is gone."""
        self._on_end.append(call)

    def start(self) -> None:
        self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    async def snapshot(self, site: str) -> SiteSnapshot:
        """What a report reads. Raises Overloaded and StoreUnavailable."""
        if self._writer is None or self._tail is None or self._where is None:
            raise self._unavailable()
        self._number += 1
        number = self._number
        taken = self._asked[number] = asyncio.get_running_loop().create_future()
        as_of = self._through(self._tail)
        try:
            async with asyncio.timeout(self._limits.report_seconds):
                await send(self._writer, SnapshotAsked(number, site))
                return SiteSnapshot(site_folder(self._where, site), await taken, as_of)
        except TimeoutError:
            raise Overloaded("the archive is busy: ask again later") from None
        except OSError:
            raise StoreUnavailable(ENDED) from None
        finally:
            self._asked.pop(number, None)

    def _unavailable(self) -> StoreUnavailable:
        """Why no question can be asked."""
        problem = self.problem()
        if problem is None:
            return StoreUnavailable(NOT_RUNNING)
        public = self.standing.public if self.standing is not None else ""
        return StoreUnavailable(problem, public=public or NOT_RUNNING)

    def first(self, site: str) -> int | None:
        """When the site's archive begins (ms); None while it has none. Reads its manifest. Raises
        StoreUnavailable."""
        folder = self.where()
        return None if folder is None else manifests.read(site_folder(folder, site)).first

    def where(self) -> Path | None:
        """The folder of all archives; None before the process of a temporary one has begun. Raises
        StoreUnavailable while it can't be used: it may be another store's."""
        if self._writer is None and self.problem() is not None:
            raise self._unavailable()
        return self._where

    def look(self) -> None:
        """Something was imported: let the process take it in now."""
        self._is_wanted.set()

    def site_removed(self, site: str) -> None:
        self._removed.add(site)
        if self._writer is not None:
            self._removing = asyncio.ensure_future(self._tell_removed(self._writer, site))

    def needs_since(self) -> int:
        """The log must keep what is of this time (ms) or later."""
        return 0 if self.standing is None else self.standing.needs_since

    def problem(self) -> str | None:
        """Why the archive stands still; None when it does not."""
        if self.task.is_down:
            return "the archive's process does not run: the log says why; it is started again"
        return None if self.standing is None else self.standing.problem

    def condition(self) -> str | None:
        """What an operator should know: why the archive stands still, or what it left out."""
        return self.problem() or self.set_aside.notice()

    async def _run(self) -> None:
        with contextlib.ExitStack() as stack:
            folder = self._folder or Path(stack.enter_context(TemporaryDirectory("-footfall")))
            self._where = folder
            while True:
                try:
                    await self._run_process(folder)
                except* _Wanted:
                    pass

    async def _run_process(self, folder: Path) -> None:
        async with self._process(folder) as (reader, writer), asyncio.TaskGroup() as tasks:
            begun, following = asyncio.get_running_loop().create_future(), asyncio.Event()
            tasks.create_task(self._listen(reader, writer, begun))
            tasks.create_task(self._send_events(writer, begun, following))
            tasks.create_task(self._tell_time(writer, following))

    @contextlib.asynccontextmanager
    async def _process(
        self, folder: Path
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        own, its = socket.socketpair()
        limits = msgspec.json.encode(self._limits).decode()
        command = (sys.executable, "-m", "footfall.history.archive")
        with its:
            process = await asyncio.create_subprocess_exec(
                *command,
                str(its.fileno()),
                str(folder),
                limits,
                pass_fds=(its.fileno(),),
                start_new_session=True,  # ctrl-C is for the server
            )
        self.pid = process.pid
        try:
            reader, writer = await asyncio.open_unix_connection(sock=own)
            with contextlib.closing(writer):
                yield reader, writer
        finally:
            self._forget()
            with contextlib.suppress(ProcessLookupError):
                process.kill()  # it is made for that
            await process.wait()

    def _forget(self) -> None:
        self._writer = self._tail = self._feed = self.standing = self.pid = None
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(StoreUnavailable(ENDED))
        for call in self._on_end:
            call()

    async def _listen(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        begun: asyncio.Future[dict[str, int]],
    ) -> None:
        removed: list[str] = []
        async for frame in frames(reader):
            match frame:
                case FolderHeld():
                    removed = list({*self._store.removed(), *self._removed})
                    store, sites = await self._store.id(), list(self._store.sites())
                    await send(writer, Beginning(store, sites, removed, self._clock()))
                case Archived(until):
                    self._removed.difference_update(removed)
                    self.standing = None
                    begun.set_result(until)
                case Restart():
                    raise _Wanted
                case Standing():
                    self.standing = frame
                case TakenIn(count):
                    assert self._feed is not None
                    self._feed.taken(count)
                case NotTaken(site, time, event_id, reason):
                    self.set_aside.add(site, time, event_id, reason)
                case SnapshotTaken():
                    self._deliver(frame)
        if self._feed is not None:
            self._feed.ended()
        raise StoreUnavailable(ENDED)

    def _deliver(self, taken: SnapshotTaken) -> None:
        waiting = self._asked.get(taken.number)
        if waiting is None or waiting.done():
            if taken.path:
                shutil.rmtree(taken.path, ignore_errors=True)
        elif taken.path:
            waiting.set_result(Path(taken.path))
        else:
            waiting.set_exception(StoreUnavailable(taken.error, public=taken.public))

    async def _send_events(
        self,
        writer: asyncio.StreamWriter,
        begun: asyncio.Future[dict[str, int]],
        following: asyncio.Event,
    ) -> None:
        """What the log has that is not archived, site by site, then all that comes."""
        archived = await asyncio.shield(begun)
        tail = await self._store.log.tail()
        feed = self._feed = ArchiveFeed(writer, self.set_aside, self._suspects)
        try:
            self._tail, self._writer = tail, writer
            following.set()
            for site in self._removed.copy():
                await self._tell_removed(writer, site)
            for site in list(self._store.sites()):
                await self._replay(writer, feed, site, archived.get(site, 0), tail.start)
            waited = tail.delay()
            async for batch in tail:
                await feed.send(batch.events, waited)
                waited = tail.delay()
        finally:
            await tail.aclose()

    async def _replay(
        self, writer: asyncio.StreamWriter, feed: ArchiveFeed, site: str, since: int, until: int
    ) -> None:
        """At half the speed: what happens now comes first."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async for events in self._store.log.replay(site, since, until):
            await feed.send(events)
            await send(writer, Replayed(site, events[-1].time))
            await asyncio.sleep(loop.time() - began)
            began = loop.time()
        await send(writer, Replayed(site, None))

    async def _tell_time(self, writer: asyncio.StreamWriter, following: asyncio.Event) -> None:
        await following.wait()
        while True:
            assert self._tail is not None
            await send(writer, Passed(self._through(self._tail)))
            self._is_wanted.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_wanted.wait(), PASS_S)

    def _through(self, tail: Tail) -> int:
        """The time (ms) before which everything that was stored has been sent."""
        held = 0.0 if self._feed is None else self._feed.held_s()
        return self._clock() - round(max(tail.delay(), held) * 1000)

    async def _tell_removed(self, writer: asyncio.StreamWriter, site: str) -> None:
        with contextlib.suppress(OSError):
            await send(writer, Removed(site))
            self._removed.discard(site)

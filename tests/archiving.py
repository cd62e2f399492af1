"""The archive of a server that is not there: its store, its archivist and the archive's process."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from footfall.engines.open import Store, open_store
from footfall.errors import Overloaded, StoreUnavailable
from footfall.history.archive import snapshot
from footfall.history.archive.database import open_database
from footfall.history.archive.site import SiteArchive
from footfall.history.archive.snapshot import Snapshot
from footfall.history.archivist import ArchivedStore, Archivist
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.question import Buckets, Question, ReportAnswer
from footfall.history.reports.report import PeriodReport
from footfall.history.snapshots import SiteSnapshot
from footfall.model import Event
from footfall.times import DAY_MS
from tests.events import event
from tests.histories import MIDNIGHT
from tests.serving import Clock, until

LIMITS = ArchiveLimits(retention_ms=1_800_000, hourly_events=200)
START = MIDNIGHT * 1000
FIRST_DAY = Buckets((START, START + DAY_MS))


class ArchivingServer:
    """The parts of a server that keep the archive, on an injected clock."""

    def __init__(self, folder: Path, sites: tuple[str, ...] = ("a", "b")) -> None:
        self.folder = folder
        self.store: Store = open_store(f"sqlite:///{folder / 'footfall.db'}")
        self.clock = Clock(START)
        self.sites = sites
        self.removed: tuple[str, ...] = ()
        self.archivist = self._new()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["ArchivingServer"]:
        self.archivist.start()
        try:
            yield self
        finally:
            await self.archivist.stop()
            await self.store.close()

    def _new(self) -> Archivist:
        folder = self.folder / "footfall.history"
        catalog, log = self.store.catalog, self.store.event_log
        store = ArchivedStore(catalog.store_id, log, lambda: self.sites, lambda: self.removed)
        return Archivist(folder, store, LIMITS, self.clock)

    async def restart(self) -> None:
        await self.archivist.stop()
        self.archivist = self._new()
        self.archivist.start()

    async def take(self, *events: Event) -> None:
        await self.store.event_log.append(events)

    async def pass_to(self, now: int) -> None:
        """Returns when all that is finished by then is archived."""
        self.clock.now = now
        await until(holds_now(lambda: self.archivist.needs_since() > 0))  # the log is replayed
        await self._has_looked()
        await self._has_looked()

    async def _has_looked(self) -> None:
        before = self.archivist.standing

        def has() -> bool:
            return self.archivist.standing is not None and self.archivist.standing is not before

        await until(holds_now(has))

    def has_told_all(self) -> bool:
        """Whether the process has been sent all events."""
        tail, feed = self.archivist._tail, self.archivist._feed
        return tail is not None and feed is not None and tail.delay() == feed.held_s() == 0

    async def ask(self, question: Question) -> ReportAnswer:
        """As soon as the process has a snapshot for it."""
        while True:
            await until(holds_now(self.has_told_all))
            try:
                taken = await self.archivist.snapshot(question.site)
            except (StoreUnavailable, Overloaded):
                await asyncio.sleep(0.01)
            else:
                return await asyncio.to_thread(_answered, taken, question)

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        if self.archivist.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.archivist.pid, signal.SIGKILL)

    def files(self, site: str = "a") -> list[str]:
        folder = self.folder / "footfall.history" / f"site={site}"
        return sorted(path.name for path in folder.glob("*.parquet"))


def report_of(cursor: duckdb.DuckDBPyConnection, archive: SiteArchive, at: Path) -> PeriodReport:
    """As a process of reports makes it, from a snapshot in the new folder ``at``."""
    return PeriodReport(cursor, snapshot.take(cursor, archive, at))


def _answered(taken: SiteSnapshot, question: Question) -> ReportAnswer:
    """As a process of reports does."""
    with open_database(taken.path, LIMITS) as database:
        found = PeriodReport(database, Snapshot(taken.folder, taken.path)).answer(question)
    shutil.rmtree(taken.path)
    return found


def view(number: int, time: int, visitor: int = 1, **fields: Any) -> Event:
    made = event(number, time=time, **fields)
    return msgspec.structs.replace(made, visitor=visitor)


def holds_now(condition: Callable[[], object]) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return bool(condition())

    return holds

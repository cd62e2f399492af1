"""Keeps the archives of all sites: takes events, and archives what is finished."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec
import structlog

from footfall.clock import ClockWatch
from footfall.errors import StoreUnavailable
from footfall.history.archive import arrivals, aside, incoming
from footfall.history.archive.identity import claim
from footfall.history.archive.intake import Change, Intake, Refuse
from footfall.history.archive.problems import STANDS_STILL, Problems, cannot_write, told
from footfall.history.archive.schedule import Waiting, finished_stretch, mergeable
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import site_folder, site_folders
from footfall.history.frames import Arrived, Beginning
from footfall.history.limits import ArchiveLimits
from footfall.history.periods import FIRST_DAY, LAST_DAY, TIMES

logger = structlog.get_logger()

SETTLE_MS = 60_000
"""After the retention, until nothing of a time can arrive any more."""
NOTHING_SINCE = 1 << 62
DROPPING, IMPORTS, WRITING = "what is archived", "imports", "the disk"
"""What problems concern besides sites."""
READ_ON_S = 90.0
"""Keep a merged file this long and ``report_seconds``; a report may still read it."""


class Mended(Exception):
    """An archive that could not be used can be: another process takes its events from the log."""


class Keeper:
    """Use it in one event loop. Threads work for it, one that takes events in (``intake``) and one
    that archives, each with a cursor of its own."""

    def __init__(
        self,
        folder: Path,
        temporary: Path,
        new_cursor: Callable[[], duckdb.DuckDBPyConnection],
        limits: ArchiveLimits,
        refuse: Refuse,
    ) -> None:
        """``refuse`` is called with each event that can't be archived, and the reason."""
        self.now = 0
        """The server's time (ms)."""
        self.late = 0
        """Events that came after their stretch was archived."""
        self.intake = Intake(new_cursor(), temporary / "arrived.ndjson", refuse)
        self.problems = Problems()
        self._refuse = refuse
        self._folder = folder
        self._settled_ms = limits.retention_ms + SETTLE_MS
        self._hourly_events = limits.hourly_events
        self._read_on_s = READ_ON_S + limits.report_seconds
        self._raw_ms = limits.raw_ms
        self._archives = new_cursor()
        self._archiving = ThreadPoolExecutor(1, "footfall-archive")
        self._lock = asyncio.Lock()
        self._sites: dict[str, SiteArchive] = {}
        self._unusable: set[str] = set()
        """Sites whose manifest can't be used: the log keeps their events meanwhile."""
        self._lacking: set[str] = set()
        """Sites whose manifest names files that are not there."""
        self._removed: set[str] = set()
        """Sites whose archive is not removed yet."""
        self._clock_watch = ClockWatch(lambda: self.now)
        self._waiting: dict[str, Waiting] = {}
        self._archived: dict[str, int] = {}
        """By site, before which time (ms) its arrived events are to be dropped."""
        self._left: list[tuple[float, Path]] = []
        """Files that no manifest names any more, and since when."""

    def open(self, beginning: Beginning) -> dict[str, int]:
        """Returns from which time (ms) on each site's events are needed. Until ``replayed`` says
        so, their archives are not complete. What belongs to removed sites is removed, to unknown
        ones moved aside. Raises OSError, and StoreUnavailable for a folder of another store."""
        self.now = beginning.now
        wanted, removed = set(beginning.sites), set(beginning.removed)
        claim(self._folder, beginning.store, wanted | removed)
        aside.empty(self._folder)
        for site in site_folders(self._folder):
            if site in removed:
                aside.remove(self._folder, site)
            elif site not in wanted:
                place = aside.move(self._folder, site, self.now)
                logger.warning("archive.unknown_site", site=site, moved_to=str(place))
        return {site: self._open(site) for site in wanted}

    def _open(self, site: str) -> int:
        try:
            archive = self.archive(site)
            leftovers = archive.leftovers()
        except StoreUnavailable as error:
            self.problems.set(site, error)
            self._unusable.add(site)
            return NOTHING_SINCE
        self._waiting_of(site).replayed = 0
        for path in leftovers:
            path.unlink()
        if archive.lacks() is not None:
            self._lacking.add(site)
        return archive.manifest.until

    def take(self, arrived: Arrived) -> None:
        """The events of one frame; ``intake`` brings them into DuckDB."""
        wanted = []
        for event in arrived.events:
            if event.site in self._unusable:
                continue
            if event.time not in TIMES:
                self._refuse(event, f"its time is not from {FIRST_DAY} to {LAST_DAY}")
                continue
            if event.time < self.archive(event.site).manifest.until:
                self.late += 1
                continue
            waiting = self._waiting_of(event.site)
            waiting.add(event.time, has_link=event.previous_visitor is not None)
            wanted.append(event)
        self.intake.add(wanted, is_urgent=arrived.is_awaited)

    @property
    def problem(self) -> StoreUnavailable | None:
        """Why the archive stands still; None when it does not."""
        first = self.problems.first
        if self.intake.problem is None:
            return first
        public = STANDS_STILL if first is None else first.public
        return StoreUnavailable(self.intake.problem, public=public)

    def replayed(self, site: str, through: int | None) -> bool:
        """The log was read through this time (ms), or to its end. True if something is finished
        now."""
        if site in self._unusable:
            return False
        self._waiting_of(site).replayed = through
        return self._finished(site) is not None

    def is_complete(self, site: str) -> bool:
        """Whether all that the log had at the start has been taken."""
        waiting = self._waiting.get(site)
        return waiting is None or waiting.replayed is None

    async def archive_finished(self, sites: Iterable[str] | None = None) -> None:
        """Archive and merge what is finished. What fails is tried again the next time. Raises
        Mended."""
        archived = {}
        async with self._lock:
            self._look_again()
            for site in self._removed.copy():
                await self._remove_archive(site)
            self._take_imports()
            before = {site: each.manifest.until for site, each in self._sites.items()}
            for site in [each for each in sites or self._waiting if each in self._waiting]:
                problem = None
                try:
                    await self._archive_site(site)
                except (duckdb.Error, OSError, StoreUnavailable) as error:
                    text = f"the archive of {site} stands still: {error}"
                    problem = StoreUnavailable(text, public=STANDS_STILL)
                self.problems.set(site, problem)
                until = self.archive(site).manifest.until
                if until != before.get(site, 0):
                    archived[site] = until
            self._archived.update(archived)
            await self._drop_archived()
        self._remove_left()
        if self._clock_watch.is_settled():
            await self._archive(lambda _: aside.remove_expired(self._folder, self.now))

    async def remove(self, site: str) -> None:
        """The site was removed."""
        async with self._lock:
            self._waiting.pop(site, None)
            self._sites.pop(site, None)
            self._unusable.discard(site)
            self._lacking.discard(site)
            for concerns in (site, _files_of(site)):
                self.problems.set(concerns, None)
            self._removed.add(site)
            await self._remove_archive(site)
            self.intake.forget(site)
            self._archived[site] = NOTHING_SINCE
            await self._drop_archived()

    async def _remove_archive(self, site: str) -> None:
        """What fails is tried again the next time."""
        problem = None
        try:
            await self._archive(lambda _: aside.remove(self._folder, site))
            self._removed.discard(site)
        except OSError as error:
            problem = told(error, f"remove the archive of {site}")
        self.problems.set(f"removed {site}", problem)

    async def _drop_archived(self) -> None:
        """Drop from the arrived events what is archived, or of removed sites. What fails is tried
        again the next time."""
        problem = None
        if self._archived:
            try:
                await self.intake.change(lambda cursor: arrivals.drop(cursor, self._archived))
                self._archived.clear()
            except (duckdb.Error, OSError) as error:
                text = f"the archive can't drop what is archived: {error}"
                problem = StoreUnavailable(text, public=STANDS_STILL)
        self.problems.set(DROPPING, problem)

    def archive(self, site: str) -> SiteArchive:
        """Raises StoreUnavailable when it can't be used."""
        archive = self._sites.get(site)
        if archive is None:
            archive = SiteArchive(site_folder(self._folder, site), site)
            archive.require_own()
            self._sites[site] = archive
        return archive

    @property
    def needs_since(self) -> int:
        """The log must keep what is of this time (ms) or later."""
        needed = [0 if self._unusable else self.now]
        for site, waiting in self._waiting.items():
            if waiting.replayed is not None:
                needed.append(self.archive(site).manifest.until)
            elif waiting.since is not None:
                needed.append(waiting.since)
        return min(needed)

    @property
    def waiting(self) -> int:
        """How many events are not archived yet."""
        return sum(each.events for each in self._waiting.values())

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(each.manifest.bytes for each in self._sites.values())

    async def _archive_site(self, site: str) -> None:
        archive, waiting = self.archive(site), self._waiting[site]
        if waiting.has_links:
            waiting.has_links = False  # another may come meanwhile
            try:
                await self.intake.flush()
                await self._archive(archive.note_people)
            except BaseException:
                waiting.has_links = True
                raise
        archive.forget_people(self.now - self._raw_ms)
        while (stretch := self._finished(site)) is not None:
            await self.intake.flush()
            await self._archive(lambda cursor: archive.close(cursor, *stretch))
            waiting.archived(archive.manifest.until)
        while (files := next(mergeable(archive.manifest), None)) is not None:
            await self._archive(lambda cursor: archive.merge(cursor, files))
        await self._archive(archive.renew)
        self._left += [(time.monotonic(), path) for path in archive.replaced]
        archive.replaced.clear()

    def _finished(self, site: str) -> tuple[int, int] | None:
        complete = self.now - self._settled_ms
        waiting, manifest = self._waiting_of(site), self.archive(site).manifest
        return finished_stretch(waiting, manifest, complete, self._hourly_events)

    def _look_again(self) -> None:
        """At what could not be used. Raises Mended when it can."""
        self.problems.set(WRITING, cannot_write(self._folder))
        for site in self._unusable:
            with contextlib.suppress(StoreUnavailable):
                self.archive(site)
                raise Mended
        for site in list(self._lacking):
            problem = self.archive(site).lacks()
            self.problems.set(_files_of(site), problem)
            if problem is None:
                self._lacking.discard(site)

    def _take_imports(self) -> None:
        problem = None
        try:
            for source, wanted in incoming.waiting(self._folder):
                problem = self._take_import(source, wanted) or problem
        except (OSError, msgspec.MsgspecError) as error:
            problem = _not_imported(f"imports can't be read: {error}")
        self.problems.set(IMPORTS, problem)

    def _take_import(self, source: Path, wanted: incoming.Import) -> StoreUnavailable | None:
        if wanted.site in self._unusable:
            return None  # it says so
        try:
            incoming.take_in(source, self.archive(wanted.site), wanted.digest)
        except (OSError, StoreUnavailable, msgspec.MsgspecError) as error:
            return _not_imported(f"an import for {wanted.site} can't be taken in: {error}")
        logger.info("archive.imported", site=wanted.site, digest=wanted.digest)
        return None

    def _remove_left(self) -> None:
        now = time.monotonic()
        while self._left and self._left[0][0] < now - self._read_on_s:
            _, path = self._left.pop(0)
            path.unlink(missing_ok=True)

    def _waiting_of(self, site: str) -> Waiting:
        return self._waiting.setdefault(site, Waiting())

    async def _archive(self, change: Change) -> None:
        await asyncio.get_running_loop().run_in_executor(self._archiving, change, self._archives)


def _files_of(site: str) -> str:
    return f"the files of {site}"


def _not_imported(text: str) -> StoreUnavailable:
    return StoreUnavailable(text, public=STANDS_STILL)

"""Keeps the archives of all sites: takes events, and archives what is finished."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.archive import arrivals, incoming
from footfall.history.archive.intake import Change, Intake, Refuse
from footfall.history.archive.schedule import Waiting, finished_stretch, mergeable
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import site_folder, site_folders
from footfall.history.frames import Arrived
from footfall.history.limits import ArchiveLimits

logger = structlog.get_logger()

SETTLE_MS = 60_000
"""After the retention, until nothing of a time can arrive any more."""
NOTHING_SINCE = 1 << 62
FIRST_MS, END_MS = 0, 253_402_300_800_000
"""Events are of 1970 or later, and before the year 10000: what calendars know."""
READ_ON_S = 120.0
"""How long a file stays that was merged into another: a report may read it."""


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
        self._problem: str | None = None
        self._refuse = refuse
        self._folder = folder
        self._settled_ms = limits.retention_ms + SETTLE_MS
        self._hourly_events = limits.hourly_events
        self._archives = new_cursor()
        self._archiving = ThreadPoolExecutor(1, "footfall-archive")
        self._lock = asyncio.Lock()
        self._sites: dict[str, SiteArchive] = {}
        self._unusable: dict[str, str] = {}
        """Why, by site, a manifest can't be used: the log keeps these sites' events meanwhile."""
        self._waiting: dict[str, Waiting] = {}
        self._archived: dict[str, int] = {}
        """By site, before which time (ms) its arrived events are to be dropped."""
        self._left: list[tuple[float, Path]] = []
        """Files that no manifest names any more, and since when."""

    def open(self, sites: Iterable[str]) -> dict[str, int]:
        """Remove what is kept of other sites; returns from which time (ms) on each site's events
        are needed. Until ``replayed`` says so, their archives are not complete. Raises OSError."""
        wanted = set(sites)
        for site, folder in site_folders(self._folder).items():
            if site not in wanted:
                shutil.rmtree(folder)
        return {site: self._open(site) for site in wanted}

    def _open(self, site: str) -> int:
        try:
            archive = self.archive(site)
        except StoreUnavailable as error:
            logger.error("archive.unusable", site=site, error=str(error))
            self._unusable[site] = str(error)
            return NOTHING_SINCE
        self._waiting_of(site).replayed = 0
        for path in archive.leftovers():
            path.unlink()
        return archive.manifest.until

    def take(self, arrived: Arrived) -> None:
        """The events of one frame; ``intake`` brings them into DuckDB."""
        wanted = []
        for event in arrived.events:
            if event.site in self._unusable:
                continue
            if not FIRST_MS <= event.time < END_MS:
                self._refuse(event, "its time is out of range")
                continue
            if event.time < self.archive(event.site).manifest.until:
                self.late += 1
                continue
            waiting = self._waiting_of(event.site)
            waiting.add(event.time, has_link=event.previous_visitor is not None)
            wanted.append(event)
        self.intake.add(wanted, is_urgent=arrived.is_awaited)

    @property
    def problem(self) -> str | None:
        """Why the archive stands still; None when it does not."""
        return self.intake.problem or self._problem

    def replayed(self, site: str, through: int | None) -> bool:
        """The log was read through this time (ms), or to its end. True if something is finished
        now."""
        if site in self._unusable:
            return False
        self._waiting_of(site).replayed = through
        return self._finished(site) is not None

    def is_complete(self, site: str) -> bool:
        """Whether all that the log had at the start has been taken."""
        return self._waiting_of(site).replayed is None

    async def archive_finished(self, sites: Iterable[str] | None = None) -> None:
        """Archive and merge what is finished. What fails is tried again the next time. Raises
        Mended."""
        archived = {}
        async with self._lock:
            problem = self._take_imports() or self._still_unusable()
            before = {site: each.manifest.until for site, each in self._sites.items()}
            for site in [each for each in sites or self._waiting if each in self._waiting]:
                try:
                    await self._archive_site(site)
                except (duckdb.Error, OSError, StoreUnavailable) as error:
                    problem = f"the archive of {site} stands still: {error}"
                    logger.error("archive.stands_still", site=site, error=str(error))
                until = self.archive(site).manifest.until
                if until != before.get(site, 0):
                    archived[site] = until
            self._archived.update(archived)
            self._problem = await self._drop_archived() or problem
        self._remove_left()

    async def remove(self, site: str) -> None:
        """The site was removed."""
        async with self._lock:
            self._waiting.pop(site, None)
            archive = self._sites.pop(site, None)
            if archive is not None:
                await self._archive(lambda _: shutil.rmtree(archive.folder, ignore_errors=True))
            self.intake.forget(site)
            self._archived[site] = NOTHING_SINCE
            self._problem = await self._drop_archived() or self._problem

    async def _drop_archived(self) -> str | None:
        """Drop from the arrived events what is archived, or of removed sites. What fails is tried
        again the next time; returns why."""
        if self._archived:
            try:
                await self.intake.change(lambda cursor: arrivals.drop(cursor, self._archived))
            except (duckdb.Error, OSError) as error:
                logger.error("archive.drops_nothing", error=str(error))
                return f"the archive can't drop what is archived: {error}"
            self._archived.clear()
        return None

    def archive(self, site: str) -> SiteArchive:
        """Raises StoreUnavailable when it can't be used."""
        archive = self._sites.get(site)
        if archive is None:
            archive = self._sites[site] = SiteArchive(site_folder(self._folder, site), site)
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
        while (stretch := self._finished(site)) is not None:
            await self.intake.flush()
            await self._archive(lambda cursor: archive.close(cursor, *stretch))
            waiting.archived(archive.manifest.until)
        while (files := next(mergeable(archive.manifest), None)) is not None:
            await self._archive(lambda cursor: archive.merge(cursor, files))
        self._left += [(time.monotonic(), path) for path in archive.replaced]
        archive.replaced.clear()

    def _finished(self, site: str) -> tuple[int, int] | None:
        complete = self.now - self._settled_ms
        waiting, manifest = self._waiting_of(site), self.archive(site).manifest
        return finished_stretch(waiting, manifest, complete, self._hourly_events)

    def _still_unusable(self) -> str | None:
        for site in self._unusable:
            with contextlib.suppress(StoreUnavailable):
                self.archive(site)
                raise Mended
        return next(iter(self._unusable.values()), None)

    def _take_imports(self) -> str | None:
        """Returns what is wrong, if anything."""
        try:
            for source, wanted in incoming.waiting(self._folder):
                incoming.take_in(source, self.archive(wanted.site), wanted.digest)
                logger.info("archive.imported", site=wanted.site, digest=wanted.digest)
        except (OSError, StoreUnavailable, msgspec.MsgspecError) as error:
            logger.error("archive.not_imported", error=str(error))
            return f"an import can't be taken in: {error}"
        return None

    def _remove_left(self) -> None:
        now = time.monotonic()
        while self._left and self._left[0][0] < now - READ_ON_S:
            _, path = self._left.pop(0)
            path.unlink(missing_ok=True)

    def _waiting_of(self, site: str) -> Waiting:
        return self._waiting.setdefault(site, Waiting())

    async def _archive(self, change: Change) -> None:
        await asyncio.get_running_loop().run_in_executor(self._archiving, change, self._archives)

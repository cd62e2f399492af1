"""A node: folds the tail of the log into the windows, and advances them every second."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.eventlog.port import EventLog, Tail
from footfall.live.hub import Hub
from footfall.live.progress import ReplayProgress
from footfall.live.rebuild import Rebuilder
from footfall.live.replay import replay
from footfall.model import Batch, Event
from footfall.window.site import SiteWindow

logger = structlog.get_logger()


class Node:
    """The only part that follows the log. ``open`` it before events are taken, so that none is
    missed; ``start`` returns when the windows are rebuilt."""

    def __init__(
        self,
        log: EventLog,
        hub: Hub,
        sites: Callable[[], Iterable[str]],
        now: Clock,
        on_failure: Callable[[], None],
    ) -> None:
        """``sites`` returns the ids of the known sites. ``on_failure`` is called when the node
        can't follow the log any more: only a new process helps."""
        self.folded = 0
        self._log = log
        self._hub = hub
        self._windows = hub.windows
        self._sites = sites
        self._now = now
        self.progress = ReplayProgress()
        self._tail: Tail | None = None
        self._rebuilder = Rebuilder(log, hub)
        self._follower = BackgroundTask("follower", on_failure)
        self._clock = BackgroundTask("clock")
        self.tasks = (self._follower, self._clock)

    @property
    def rebuilds(self) -> int:
        return self._rebuilder.count

    async def open(self) -> None:
        """Raises StoreUnavailable."""
        self._tail = await self._log.tail()
        self._windows.offset = self._tail.start

    async def start(self) -> None:
        """Opens the log if ``open`` has not. Raises StoreUnavailable."""
        if self._tail is None:
            await self.open()
        await self._replay_all()
        self._follower.start(self._follow)
        self._clock.start(self._keep_time)

    async def stop(self) -> None:
        await self._follower.stop()
        await self._clock.stop()
        await self._rebuilder.stop()

    def site_added(self, site: str) -> None:
        """Call when a site was added, before its window is dropped if a site of the same id was
        removed: the window may hold events of that one, and the first ones of this one."""
        if site in self._windows:
            self._rebuilder.request(site)

    async def _replay_all(self) -> None:
        windows, progress = self._windows, self.progress
        sites = tuple(self._sites())
        progress.begin(len(sites))
        for site in sites:
            progress.next_site()
            windows.put(site, await replay(self._log, windows, site, windows.new, progress.count))
        for removed in set(sites) - set(self._sites()):  # meanwhile
            windows.drop(removed)
        progress.finish()

    def lag_seconds(self) -> float:
        """How long the oldest batch that is committed but not folded has been waiting."""
        return self._tail.delay() if self._tail is not None else 0.0

    async def _follow(self) -> None:
        assert self._tail is not None
        try:
            async for batch in self._tail:
                self._fold(batch)
        finally:
            await self._tail.aclose()

    def _fold(self, batch: Batch) -> None:
        """Fold a batch without yielding, so that ``offset`` and the windows always match."""
        self._fold_events(batch.events)
        self._windows.offset = batch.offset
        self.folded += len(batch.events)

    def _fold_events(self, events: Iterable[Event]) -> None:
        touched: dict[str, SiteWindow] = {}
        damaged: set[str] = set()
        latest, ahead = self._windows.latest, self._windows.ahead
        for event in events:
            if event.time > latest:
                ahead.add(event)
                continue
            window = touched.get(event.site)
            if window is None:
                window = touched[event.site] = self._windows.get(event.site)
            if not self._fold_event(window, event):
                damaged.add(event.site)
        for site, window in touched.items():
            self._hub.events_folded(site)
            if window.disordered or site in damaged:
                self._rebuilder.request(site)

    def _fold_event(self, window: SiteWindow, event: Event) -> bool:
        """False when it can't be folded; the window may then have been left half done."""
        try:
            window.fold(event)
        except Exception:
            self._windows.quarantine.add(event)
            return False
        self._rebuilder.folded(event)
        return True

    async def _keep_time(self) -> None:
        while True:
            now = self._now()
            await asyncio.sleep(1 - now % 1000 / 1000)
            for _ in self.pass_second():
                await asyncio.sleep(0)

    def pass_second(self) -> Iterator[None]:
        """Yields where others may have a turn."""
        rebuilt: set[str] = set()
        for failed in self._hub.pass_second(self._windows.now()):
            if failed is not None:
                rebuilt.add(failed)
            yield
        if self._windows.clock_was_set_back():
            logger.warning("clock.set_back", remedy="keep the machine's clock by NTP")
            rebuilt.update(self._sites())
        for site in rebuilt:
            self._rebuilder.request(site)
        self._fold_events(self._windows.ahead.pop_until(self._windows.latest))

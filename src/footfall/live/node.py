"""A node: folds the tail of the log into the windows, and advances them every second."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable

import structlog

from footfall.clock import Clock
from footfall.eventlog.port import EventLog, Tail
from footfall.live.hub import Hub
from footfall.live.replay import replay
from footfall.model import Batch, Event, Offset
from footfall.window.site import SiteWindow

logger = structlog.get_logger()


class Node:
    """The only part that follows the log. ``start`` returns when the windows are rebuilt."""

    def __init__(
        self, log: EventLog, hub: Hub, sites: Callable[[], Iterable[str]], now: Clock
    ) -> None:
        """``sites`` returns the ids of the known sites."""
        self.rebuilds = 0
        self.folded = 0
        self._log = log
        self._hub = hub
        self._windows = hub.windows
        self._sites = sites
        self._now = now
        self._tail: Tail | None = None
        self._folded_meanwhile: dict[str, list[Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises StoreUnavailable."""
        tail = self._tail = await self._log.tail()
        self._windows.offset = tail.start
        for site in self._sites():
            await replay(self._log, site, self._windows.get(site), tail.start)
        self._spawn(self._follow(tail))
        self._spawn(self._keep_time())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def lag_seconds(self) -> float:
        """How long the oldest batch that is committed but not folded has been waiting."""
        return self._tail.delay() if self._tail is not None else 0.0

    async def _follow(self, tail: Tail) -> None:
        try:
            async for batch in tail:
                self._fold(batch)
        finally:
            await tail.aclose()

    def _fold(self, batch: Batch) -> None:
        """Fold a batch without yielding, so that ``offset`` and the windows always match."""
        touched: dict[str, SiteWindow] = {}
        for event in batch.events:
            window = touched.get(event.site)
            if window is None:
                window = touched[event.site] = self._windows.get(event.site)
            window.fold(event)
            if self._folded_meanwhile and event.site in self._folded_meanwhile:
                self._folded_meanwhile[event.site].append(event)
        self._windows.offset = batch.offset
        self.folded += len(batch.events)
        for site, window in touched.items():
            self._hub.events_folded(site)
            if window.disordered and site not in self._folded_meanwhile:
                self._folded_meanwhile[site] = []
                self._spawn(self._rebuild(site, batch.offset))

    async def _rebuild(self, site: str, until: Offset) -> None:
        """Replace a window that counted a repetition with one that is folded in order."""
        self.rebuilds += 1
        try:
            async with self._windows.building[site]:
                window = self._windows.new()
                for minutes, wanted in self._windows.get(site).keys:
                    window.open(minutes, wanted)
                await replay(self._log, site, window, until)
                for event in self._folded_meanwhile[site]:
                    window.fold(event)
                self._windows.put(site, window)
                self._hub.window_replaced(site)
        except Exception:
            logger.exception(
                "the window could not be rebuilt; retrying at the next event", site=site
            )
        finally:
            del self._folded_meanwhile[site]

    async def _keep_time(self) -> None:
        while True:
            now = self._now()
            await asyncio.sleep(1 - now % 1000 / 1000)
            self._hub.pass_second(self._now() // 1000)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a task of the node ended", exc_info=task.exception())

"""Minutes that passed while nothing recorded them, from what the log still knows of them."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import EventLog
from footfall.history.port import MinuteStore
from footfall.model import Event, MinuteCounts, Offset
from footfall.window.limits import WindowLimits
from footfall.window.site import SiteWindow

logger = structlog.get_logger()

SLICE = 100
"""Events that are folded before others get their turn."""
REST = 4
"""Times as long as it works: what happens now comes first."""
SETTLE_S = 5.0
"""After a minute, until all its events are in the log."""
RETRY_S = 30.0


class MinuteBackfill:
    """Runs once, after the start. Pings and leaves are in the log for a short time only, so older
    minutes are filled without them."""

    def __init__(
        self,
        log: EventLog,
        store: MinuteStore,
        limits: WindowLimits,
        clock: Clock,
    ) -> None:
        self.filled = 0
        self.task = BackgroundTask("minutes' backfill")
        self._log = log
        self._store = store
        self._limits = limits
        self._clock = clock

    def start(self, until: int, sites: Iterable[str], done: Callable[[str], None]) -> None:
        """Fill the minutes of ``sites`` before ``until``, once they have passed; call ``done`` with
        each site."""
        left = list(sites)
        self.task.start(lambda: self._run(until, left, done))

    async def stop(self) -> None:
        await self.task.stop()

    async def fill(self, site: str, until: int) -> None:
        """Raises StoreUnavailable."""
        kept = await self._store.ends(site)
        begin = 0 if kept is None else kept[1] + 1
        since = max(0, begin * 60 - self._limits.horizon) * 1000
        window: SiteWindow | None = None
        async for events in self._log.replay(site, since, await self._end()):
            window = window or SiteWindow(self._limits, events[0].time // 1000)
            passed: list[MinuteCounts] = []
            for start in range(0, len(events), SLICE):
                passed += await self._fold(window, events[start : start + SLICE])
            await self._keep(site, passed, begin, until)
        if window is not None:
            window.advance(until * 60)
            await self._keep(site, window.take_passed_minutes(), begin, until)

    async def _run(self, until: int, left: list[str], done: Callable[[str], None]) -> None:
        await asyncio.sleep(max(0.0, until * 60 - self._clock() / 1000) + SETTLE_S)
        while left:
            try:
                await self.fill(left[-1], until)
            except StoreUnavailable as error:
                logger.warning("minutes.not_filled", site=left[-1], error=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                done(left.pop())
        if self.filled:
            logger.info("minutes.filled", minutes=self.filled)

    async def _end(self) -> Offset:
        tail = await self._log.tail()
        await tail.aclose()
        return tail.start

    async def _fold(self, window: SiteWindow, events: list[Event]) -> list[MinuteCounts]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        passed: list[MinuteCounts] = []
        for event in events:
            try:
                window.fold(event)
            except Exception:
                logger.exception("minutes.event_left_out", site=event.site, id=event.id)
            passed += window.take_passed_minutes()
        await asyncio.sleep((loop.time() - began) * REST)
        return passed

    async def _keep(self, site: str, passed: list[MinuteCounts], begin: int, until: int) -> None:
        minutes = [each for each in passed if begin <= each.minute < until]
        if minutes:
            await self._store.put({site: minutes})
            self.filled += len(minutes)

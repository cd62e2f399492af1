"""Fills windows and views from the log, without blocking the event loop."""

import asyncio
from collections.abc import Callable, Iterator

from footfall.eventlog.port import EventLog
from footfall.live.windows import Windows
from footfall.model import Event
from footfall.window.backfill import TrafficBackfill
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow, ViewKey
from footfall.window.view import View

SLICE = 100
"""Events or visitors that are added before other tasks get their turn: half a millisecond, since a
request needs a few turns."""
STRANGERS_SLICE = 25

MAX_REPLAYS = 3


async def replay(
    log: EventLog,
    windows: Windows,
    site: str,
    fresh: Callable[[], SiteWindow],
    count: Callable[[int], None] = lambda _events: None,
) -> SiteWindow:
    """A ``fresh`` window with the site's events up to the offset of ``windows``, its views filled.
    ``count`` gets the number of events of each chunk.

    Events that can't be folded are put in quarantine, and the replay begins again without them,
    since they may have left the window half done; after ``MAX_REPLAYS`` it stays as it is.
    Raises StoreUnavailable.
    """
    replays = 0
    while True:
        window = fresh()
        window.postpone_views()
        is_whole = await _fold_all(log, windows, site, window, count)
        replays += 1
        if is_whole or replays == MAX_REPLAYS:
            break
    pace = Pace(rest=0)
    for view in window.views:
        await _fill(window, view, pace)
    return window


async def _fold_all(
    log: EventLog,
    windows: Windows,
    site: str,
    window: SiteWindow,
    count: Callable[[int], None],
) -> bool:
    """False when an event can't be folded."""
    is_whole, quarantine, latest = True, windows.quarantine, windows.latest
    async for events in log.replay(site, window.since, windows.offset):
        for part in in_slices(events, SLICE):
            for event in part:
                if event.time > latest:
                    windows.ahead.add(event)
                    continue
                if quarantine and event in quarantine:
                    continue
                try:
                    window.fold(event)
                except Exception:
                    quarantine.add(event)
                    is_whole = False
            await asyncio.sleep(0)
        count(len(events))
    return is_whole


class ViewBuilder:
    """Opens views, with visitors from the window and the counts of a new filter from the log."""

    def __init__(self, log: EventLog, windows: Windows) -> None:
        self.building: dict[str, ViewKey] = {}
        """The view that is being built, by site: it has no reader yet, and must stay open."""
        self._log = log
        self._windows = windows

    async def build(self, query: ViewQuery, pace: "Pace") -> SiteWindow:
        """Open the view and fill it; returns its window. The caller has the site's turn."""
        self.building[query.site] = (query.minutes, query.filter)
        try:
            return await self._build(query, pace)
        finally:
            del self.building[query.site]

    async def _build(self, query: ViewQuery, pace: "Pace") -> SiteWindow:
        window = self._windows.get(query.site)
        view = window.open(query.minutes, query.filter)
        traffic = window.traffic(query.filter)
        # Read without an await since opening, so that later events reach the view by the fold.
        until = self._windows.offset
        try:
            if not traffic.complete:
                backfill = TrafficBackfill(window, traffic)
                async for events in self._log.replay(query.site, window.since, until):
                    for part in in_slices(events, pace.slice):
                        backfill.add(event for event in part if self._windows.holds(event))
                        await pace.rest()
                backfill.finish()
            await _fill(window, view, pace)
        except BaseException:
            window.close(query.minutes, query.filter)  # no reader may get an incomplete view
            raise
        return window


class Pace:
    """How work that takes long shares the event loop: it rests ``rest`` times as long as it
    works."""

    def __init__(self, rest: int) -> None:
        self.slice = STRANGERS_SLICE if rest else SLICE
        self._rest = rest
        self._since = asyncio.get_running_loop().time()

    async def rest(self) -> None:
        loop = asyncio.get_running_loop()
        worked = loop.time() - self._since
        await asyncio.sleep(self._rest * worked)
        self._since = loop.time()


def in_slices(events: list[Event], size: int) -> Iterator[list[Event]]:
    for start in range(0, len(events), size):
        yield events[start : start + size]


async def _fill(window: SiteWindow, view: View, pace: Pace) -> None:
    """Add all visitors that belong to the view."""
    while not window.fill(view, pace.slice):
        await pace.rest()

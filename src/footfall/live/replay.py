"""Fills windows and views from the log, without blocking the event loop."""

import asyncio

from footfall.eventlog.port import EventLog
from footfall.live.windows import Windows
from footfall.model import Offset
from footfall.window.backfill import TrafficBackfill
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
from footfall.window.view import View

SLICE_VISITORS = 500
"""Visitors added before other tasks get their turn: a few milliseconds at most."""


async def replay(log: EventLog, site: str, window: SiteWindow, until: Offset) -> None:
    """Fold the site's past events into an empty ``window``, and fill its views.

    Nothing else may be folded into it meanwhile. Raises StoreUnavailable.
    """
    window.postpone_views()
    async for events in log.replay(site, window.since, until):
        for event in events:
            window.fold(event)
        await asyncio.sleep(0)
    for view in window.views:
        await _fill(window, view)


class ViewBuilder:
    """Opens views, with visitors from the window and the counts of a new filter from the log."""

    def __init__(self, log: EventLog, windows: Windows) -> None:
        self._log = log
        self._windows = windows

    async def build(self, query: ViewQuery) -> SiteWindow:
        """Open the view and fill it; returns its window. The caller holds the site's lock."""
        window = self._windows.get(query.site)
        view = window.open(query.minutes, query.filter)
        traffic = window.traffic(query.filter)
        # Read without an await since opening, so that later events reach the view by the fold.
        until = self._windows.offset
        try:
            if not traffic.complete:
                backfill = TrafficBackfill(window, traffic)
                async for events in self._log.replay(query.site, window.since, until):
                    backfill.add(events)
                    await asyncio.sleep(0)
                backfill.finish()
            await _fill(window, view)
        except BaseException:
            window.close(query.minutes, query.filter)  # no reader may get an incomplete view
            raise
        return window


async def _fill(window: SiteWindow, view: View) -> None:
    """Add all visitors that belong to the view."""
    while not window.fill(view, SLICE_VISITORS):  # noqa: ASYNC110 - turns, not waiting
        await asyncio.sleep(0)

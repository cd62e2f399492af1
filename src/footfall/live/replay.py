"""Completing windows and views from the log, without blocking the event loop."""

import asyncio

from footfall.eventlog.port import EventLog
from footfall.live.windows import Windows
from footfall.model import Offset
from footfall.window.backfill import TrafficBackfill
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
from footfall.window.view import View

SLICE_VISITORS = 500
"""Visitors added between two turns of the event loop: a few milliseconds at most."""


async def replay(log: EventLog, site: str, window: SiteWindow, until: Offset) -> None:
    """Fold the site's past into ``window``, which is empty; its views are complete afterwards.

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
    """Opens views: visitors come from the window, the counts of a new filter from the log."""

    def __init__(self, log: EventLog, windows: Windows) -> None:
        self._log = log
        self._windows = windows

    async def build(self, query: ViewQuery) -> SiteWindow:
        """Open the view and complete it; returns its window. Hold the site's lock to call it."""
        window = self._windows.get(query.site)
        view = window.open(query.minutes, query.filter)
        traffic = window.traffic(query.filter)
        # Read together with the opening: later events reach the view through the fold.
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
            window.close(query.minutes, query.filter)  # nobody may find an incomplete view
            raise
        return window


async def _fill(window: SiteWindow, view: View) -> None:
    """Add everyone to the view who belongs there."""
    while not window.fill(view, SLICE_VISITORS):  # noqa: ASYNC110 - turns, not waiting
        await asyncio.sleep(0)

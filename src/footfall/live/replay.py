"""Completing windows and views from the log, without blocking the event loop."""

import asyncio
from collections.abc import Callable

from footfall.eventlog.port import EventLog
from footfall.live.quarantine import Quarantine
from footfall.live.windows import Windows
from footfall.model import Offset
from footfall.window.backfill import TrafficBackfill
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
from footfall.window.view import View

SLICE_VISITORS = 500
"""Visitors added between two turns of the event loop: a few milliseconds at most."""


async def replay(
    log: EventLog,
    site: str,
    fresh: Callable[[], SiteWindow],
    until: Offset,
    quarantine: Quarantine,
) -> SiteWindow:
    """The site's past folded into a ``fresh`` window, with its views complete.

    An event that can't be folded is put in quarantine, and the replay begins again without it: it
    may have left the window half done. Raises StoreUnavailable.
    """
    while True:
        window = fresh()
        window.postpone_views()
        if await _fold_all(log, site, window, until, quarantine):
            for view in window.views:
                await _fill(window, view)
            return window


async def _fold_all(
    log: EventLog, site: str, window: SiteWindow, until: Offset, quarantine: Quarantine
) -> bool:
    """False as soon as an event can't be folded."""
    async for events in log.replay(site, window.since, until):
        for event in events:
            if quarantine and event in quarantine:
                continue
            try:
                window.fold(event)
            except Exception:
                quarantine.add(event)
                return False
        await asyncio.sleep(0)
    return True


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
        until, quarantine = self._windows.offset, self._windows.quarantine
        try:
            if not traffic.complete:
                backfill = TrafficBackfill(window, traffic)
                async for events in self._log.replay(query.site, window.since, until):
                    backfill.add(event for event in events if event not in quarantine)
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

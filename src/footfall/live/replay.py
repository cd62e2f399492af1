"""Making windows and views whole from the log, without holding the event loop."""

import asyncio

from footfall.eventlog.port import EventLog
from footfall.model import Offset
from footfall.window.site import SiteWindow
from footfall.window.view import View

SLICE_VISITORS = 500
"""Visitors taken in between two turns of the loop: a few milliseconds at most."""


async def replay(log: EventLog, site: str, window: SiteWindow, until: Offset) -> None:
    """Fold the site's past into ``window``, which is empty; its views are whole afterwards.

    Nothing else may be folded into it meanwhile. Raises StoreUnavailable.
    """
    window.postpone_views()
    async for events in log.replay(site, window.since, until):
        for event in events:
            window.fold(event)
        await asyncio.sleep(0)
    for view in window.views:
        await fill(window, view)


async def fill(window: SiteWindow, view: View) -> None:
    """Take everyone into the view who belongs there."""
    while not window.fill(view, SLICE_VISITORS):  # noqa: ASYNC110 - turns, not waiting
        await asyncio.sleep(0)

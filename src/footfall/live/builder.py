"""Making a new view whole without holding the event loop."""

import asyncio

from footfall.eventlog.port import EventLog
from footfall.live.replay import fill
from footfall.live.windows import Windows
from footfall.window.history import History
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow


class ViewBuilder:
    """Visitors come from the window, the counts of a new filter's events from the log."""

    def __init__(self, log: EventLog, windows: Windows) -> None:
        self._log = log
        self._windows = windows

    async def build(self, query: ViewQuery) -> SiteWindow:
        """Open the view and complete it; the window it is in. The site's lock must be held."""
        window = self._windows.get(query.site)
        view = window.open(query.minutes, query.filter)
        traffic = window.traffic(query.filter)
        # Taken together with the opening: what comes later reaches the view through the fold.
        until = self._windows.offset
        try:
            if not traffic.complete:
                history = History(window, traffic)
                async for events in self._log.replay(query.site, window.since, until):
                    history.add(events)
                    await asyncio.sleep(0)
                history.finish()
            await fill(window, view)
        except BaseException:
            window.close(query.minutes, query.filter)  # half a view must not be found again
            raise
        return window

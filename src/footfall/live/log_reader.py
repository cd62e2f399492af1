"""Reads again what happened on a site in the retention, for questions about single events."""

from collections.abc import AsyncIterator, Callable

from footfall.eventlog.port import EventLog
from footfall.live.replay import Pace, in_slices
from footfall.live.windows import Windows
from footfall.model import SIGNALS, Event
from footfall.principal import Principal, Stranger
from footfall.window.site import SiteWindow

RESTS = 1
STRANGERS_REST = 3
"""How many times as long as it works a reading rests, so that live readers are served meanwhile."""


class LogReader:
    """The events that the windows count, from the log: nothing of them is kept in memory."""

    def __init__(self, log: EventLog, windows: Windows, require_ready: Callable[[], None]) -> None:
        """``require_ready`` raises StoreUnavailable until the windows are rebuilt."""
        self._log = log
        self._windows = windows
        self._require_ready = require_ready

    def window(self, site: str) -> SiteWindow:
        """As of now."""
        window = self._windows.get(site)
        window.advance(self._windows.now())
        return window

    async def read(self, site: str, caller: Principal) -> AsyncIterator[Event]:
        """Ordered by (time, id), repetitions left out, signals of tabs included. One reading per
        site at a time. Raises Overloaded, StoreUnavailable."""
        self._require_ready()
        async with self._windows.turns.of(site, caller):
            window = self.window(site)
            oldest = (window.now - window.limits.retention) * 1000 + 999
            pace = Pace(STRANGERS_REST if isinstance(caller, Stranger) else RESTS)
            last = (-1, "")
            async for events in self._log.replay(site, oldest, self._windows.offset):
                for part in in_slices(events, pace.slice):
                    for event in part:
                        at = (event.time, event.id)
                        if event.time <= oldest or not self._windows.holds(event):
                            continue
                        if event.type in SIGNALS or (at != last and window.counted(event)):
                            yield event
                        last = at
                    await pace.rest()

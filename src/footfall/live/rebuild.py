"""Replacing windows that can't be mended by windows that are replayed from the log, in order."""

import asyncio
from typing import NamedTuple

import structlog

from footfall.eventlog.port import EventLog
from footfall.live.hub import Hub
from footfall.live.replay import replay
from footfall.model import Event
from footfall.principal import HOLDER
from footfall.window.site import SiteWindow

logger = structlog.get_logger()

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
CALM_S = 300.0
"""A site that needed no rebuild for so long gets the next one at once."""


class _Last(NamedTuple):
    at: float
    pause: float


class Rebuilder:
    """One rebuild of a site at a time, and growing pauses between them: whoever sends events that
    make one necessary can't keep the node busy with it. ``count`` is how many there were."""

    def __init__(self, log: EventLog, hub: Hub) -> None:
        self.count = 0
        self._log = log
        self._hub = hub
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._last: dict[str, _Last] = {}
        self._folded_meanwhile: dict[str, list[Event]] = {}

    def request(self, site: str) -> None:
        """Rebuild the window of ``site``, now or after its pause."""
        if site not in self._tasks:
            self._tasks[site] = asyncio.create_task(self._run(site))

    def folded(self, event: Event) -> None:
        """The old window got ``event``: the new one must get it too."""
        if self._folded_meanwhile and event.site in self._folded_meanwhile:
            self._folded_meanwhile[event.site].append(event)

    async def stop(self) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, site: str) -> None:
        """Until the window is in order, after a pause each time."""
        is_done = False
        while not is_done:
            await asyncio.sleep(self._pause(site))
            is_done = await self._attempt(site)
        # Without an await since the new window is in place: its own request can't be overlooked.
        del self._tasks[site]

    async def _attempt(self, site: str) -> bool:
        self.count += 1
        try:
            async with self._hub.windows.turns.of(site, HOLDER):
                await self._rebuild(site)
        except Exception:
            logger.exception("window.not_rebuilt", site=site)
            return False
        finally:
            self._folded_meanwhile.pop(site, None)
        # What was folded meanwhile came in any order too, and nothing more may come.
        return not self._hub.windows.get(site).disordered

    async def _rebuild(self, site: str) -> None:
        windows = self._hub.windows
        self._folded_meanwhile[site] = []

        def fresh() -> SiteWindow:
            window = windows.new()
            for minutes, wanted in windows.get(site).keys:
                window.open(minutes, wanted)
            return window

        window = await replay(self._log, windows, site, fresh)
        for event in self._folded_meanwhile[site]:
            if event not in windows.quarantine:
                window.fold(event)
        windows.put(site, window)
        self._hub.window_replaced(site)

    def _pause(self, site: str) -> float:
        now = asyncio.get_running_loop().time()
        last = self._last.get(site)
        if last is None or now - last.at > CALM_S:
            self._last[site] = _Last(now, FIRST_PAUSE_S)
            return 0.0
        wait = max(0.0, last.at + last.pause - now)
        self._last[site] = _Last(now + wait, min(2 * last.pause, LONGEST_PAUSE_S))
        return wait

"""Events from a clock that is ahead of this node's: they wait until their time has come."""

import heapq

import structlog

from footfall.model import Event

logger = structlog.get_logger()

MAX_WAITING = 10_000


class AheadEvents:
    """Events that lie further ahead than clocks may differ. None of them moves a window, so that
    one wrong clock can't end everybody's visits. ``count`` is how many came, ``lost`` how many of
    those did not fit: they are missing until the window is replayed."""

    def __init__(self) -> None:
        self.count = 0
        self.lost = 0
        self._heap: list[tuple[int, str, str]] = []
        self._events: dict[tuple[int, str, str], Event] = {}

    def __len__(self) -> int:
        return len(self._heap)

    def __contains__(self, event: Event) -> bool:
        return (event.time, event.site, event.id) in self._events

    def add(self, event: Event) -> None:
        key = (event.time, event.site, event.id)
        if key in self._events:
            return
        if not self._heap:
            logger.warning("clock.events_ahead", site=event.site, time=event.time, id=event.id)
        self.count += 1
        if len(self._heap) >= MAX_WAITING:
            self.lost += 1
            return
        self._events[key] = event
        heapq.heappush(self._heap, key)

    def pop_until(self, time: int) -> list[Event]:
        """Take out the events up to ``time`` (ms), oldest first."""
        due = []
        while self._heap and self._heap[0][0] <= time:
            due.append(self._events.pop(heapq.heappop(self._heap)))
        return due

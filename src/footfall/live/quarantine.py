"""Events that a window could not fold: set aside, so that one of them never stops a site."""

import structlog

from footfall.model import Event

logger = structlog.get_logger()

MAX_REMEMBERED = 1_000
"""Then the oldest is forgotten; it is set aside again when it comes again."""


class Quarantine:
    """``count`` is how often an event was set aside; the log names each by its id."""

    def __init__(self) -> None:
        self.count = 0
        self._events: dict[tuple[str, int, str], None] = {}

    def __len__(self) -> int:
        return len(self._events)

    def __contains__(self, event: Event) -> bool:
        return (event.site, event.time, event.id) in self._events

    def add(self, event: Event) -> None:
        """Call it where the failure was caught: the log gets its traceback."""
        self.count += 1
        logger.exception("event.unfoldable", site=event.site, id=event.id, time=event.time)
        if len(self._events) >= MAX_REMEMBERED:
            del self._events[next(iter(self._events))]
        self._events[event.site, event.time, event.id] = None

"""Events that the archive can't take: each is counted and named once, and the others go on."""

import structlog

from footfall.clock import Clock
from footfall.model import Event
from footfall.times import DAY_MS

logger = structlog.get_logger()

MAX_REMEMBERED = 10_000
"""Then the oldest is forgotten; it is set aside again when it comes again."""
NAMED_MS = DAY_MS
"""So long after the last one ``notice`` speaks of them."""


class SetAside:
    """``count`` is how many there were since the server started."""

    def __init__(self, clock: Clock) -> None:
        self.count = 0
        self._clock = clock
        self._last = 0
        self._events: dict[tuple[str, int, str], None] = {}

    def __contains__(self, event: Event) -> bool:
        return (event.site, event.time, event.id) in self._events

    def add(self, site: str, time: int, event_id: str, reason: str) -> None:
        """Remember an event, which may be remembered already."""
        key = (site, time, event_id)
        if key in self._events:
            return
        if len(self._events) >= MAX_REMEMBERED:
            del self._events[next(iter(self._events))]
        self._events[key] = None
        self.count += 1
        self._last = self._clock()
        logger.error(
            "archive.event_set_aside",
            site=site,
            id=_printable(event_id),
            time=time,
            reason=_printable(reason),
        )

    def notice(self) -> str | None:
        """For ``/readyz``; None when a day has passed since the last one."""
        if not self.count or self._clock() - self._last >= NAMED_MS:
            return None
        events = "event is" if self.count == 1 else "events are"
        return (
            f"{self.count} {events} in no report, since the archive can't take them: the log names "
            "each (archive.event_set_aside); all others are counted"
        )


def _printable(text: str) -> str:
    """What a log can hold, whatever the text is."""
    return text.encode("ascii", "backslashreplace").decode()

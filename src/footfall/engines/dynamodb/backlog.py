"""Where in the stream the events are that a tail which is behind has yet to read.

The stream keeps them for a day, so what is kept here is where they are: by segments of some hundred
events, the first and the last sequence number of each shard.
"""

from collections import deque

import msgspec

from footfall.engines.tails import MAX_PART
from footfall.eventlog.port import TailLost
from footfall.model import Offset

MAX_SEGMENTS = 10_000
"""Some millions of events, in 15 MB at most. A tail that is further behind is lost."""


class Segment(msgspec.Struct):
    """Consecutive events of the log, up to the offset ``end``."""

    end: Offset
    events: int
    spans: dict[str, tuple[str, str]]
    """By shard, the first and the last sequence number."""


class Backlog:
    """All events after the offset ``begin``."""

    def __init__(self, begin: Offset) -> None:
        self.begin = begin
        self._segments: deque[Segment] = deque()
        self._is_open = False
        """Whether the last segment may grow: nobody has read it."""

    def __len__(self) -> int:
        return len(self._segments)

    def add(self, shard: str, span: tuple[str, str], events: int, end: Offset) -> None:
        """``events`` of ``shard`` were delivered, up to the offset ``end``."""
        last = self._segments[-1] if self._is_open else None
        if last is None or last.events + events > MAX_PART:
            self._segments.append(Segment(end, events, {shard: span}))
            self._is_open = True
            if len(self._segments) > MAX_SEGMENTS:
                self.begin = self._segments.popleft().end
            return
        first = last.spans.get(shard, span)[0]
        last.spans[shard] = (first, span[1])
        last.events += events
        last.end = end

    def after(self, offset: Offset) -> Segment | None:
        """The segment with the first event after ``offset``. Raises TailLost if it is forgotten."""
        if offset < self.begin:
            raise TailLost(
                f"a reader of the log is more than {MAX_SEGMENTS * MAX_PART:,} events behind: it "
                "has to read the log again"
            )
        for number, segment in enumerate(self._segments):
            if segment.end > offset:
                self._is_open = self._is_open and number < len(self._segments) - 1
                return segment
        return None

    def trim(self, offset: Offset) -> None:
        """All tails have read up to ``offset``."""
        while self._segments and self._segments[0].end <= offset:
            self._segments.popleft()
        self._is_open = self._is_open and bool(self._segments)
        self.begin = max(self.begin, offset)

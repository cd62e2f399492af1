"""The newest events of the retention, whatever order they came in."""

from bisect import insort
from operator import itemgetter

from footfall.model import Event
from footfall.window.limits import LONGEST_FEED

FeedEntry = tuple[int, str, Event, str | None]
"""(time in ms, id of the row, the event, the goal it completed or None)"""

_order = itemgetter(0, 1)


class Feed:
    """At most ``LONGEST_FEED`` entries. Whatever falls out is older than all that stay, so
    nothing that leaves by age ever has to be put back."""

    __slots__ = ("_entries", "edition")

    def __init__(self) -> None:
        self.edition = 0
        self._entries: list[FeedEntry] = []

    def add(self, event: Event) -> None:
        self._insert((event.time, event.id, event, None))
        for goal in event.goals:
            self._insert((event.time, f"{event.id}:{goal}", event, goal))

    def forget(self, second: int) -> None:
        """Drop what happened in or before ``second``."""
        entries = self._entries
        gone = 0
        while gone < len(entries) and entries[gone][0] // 1000 <= second:
            gone += 1
        del entries[:gone]

    def newest(self, after: int, limit: int) -> list[FeedEntry]:
        """At most ``limit`` entries later than second ``after``, newest first."""
        recent = [entry for entry in self._entries[-limit:] if entry[0] // 1000 > after]
        recent.reverse()
        return recent

    def _insert(self, entry: FeedEntry) -> None:
        entries = self._entries
        if not entries or _order(entry) > _order(entries[-1]):
            entries.append(entry)
        elif len(entries) >= LONGEST_FEED and _order(entry) < _order(entries[0]):
            return
        else:
            insort(entries, entry, key=_order)
        if len(entries) > LONGEST_FEED:
            del entries[0]
        self.edition += 1

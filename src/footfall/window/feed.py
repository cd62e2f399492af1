"""The newest events of the retention, whatever order they came in."""

from bisect import insort
from operator import itemgetter

from footfall.model import Event
from footfall.window.limits import LONGEST_FEED

FeedEntry = tuple[int, str, Event, str | None]
"""(time in ms, id of the row, the event, the goal it completed or None)"""

_order = itemgetter(0, 1)


class Feed:
    """At least the newest ``LONGEST_FEED`` entries. Whatever falls out is older than all that
    stay, so nothing that leaves by age ever has to be put back."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: list[FeedEntry] = []

    def add(self, event: Event) -> None:
        self._insert((event.time, event.id, event, None))
        if event.goals:
            for goal in event.goals:
                self._insert((event.time, f"{event.id}:{goal}", event, goal))

    def forget(self, second: int) -> None:
        """Drop what happened in or before ``second``."""
        entries = self._entries
        gone = 0
        while gone < len(entries) and entries[gone][0] // 1000 <= second:
            gone += 1
        if gone:
            del entries[:gone]

    def newest(self, after: int, limit: int) -> list[FeedEntry]:
        """At most ``limit`` entries later than second ``after``, newest first."""
        recent = [entry for entry in self._entries[-limit:] if entry[0] // 1000 > after]
        recent.reverse()
        return recent

    def _insert(self, entry: FeedEntry) -> None:
        entries = self._entries
        if not entries or entry[0] > entries[-1][0]:
            entries.append(entry)
        else:
            insort(entries, entry, key=_order)
        if len(entries) > 2 * LONGEST_FEED:
            del entries[:LONGEST_FEED]

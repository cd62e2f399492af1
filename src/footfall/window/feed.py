"""The newest events of the retention, whatever order they arrived in."""

from operator import itemgetter
from typing import TypeAlias

from footfall.model import Event
from footfall.window.limits import LONGEST_FEED

FeedEntry: TypeAlias = tuple[int, str, Event, str | None]
"""(time in ms, id of the row, the event, the goal it completed or None)"""

_order = itemgetter(0, 1)
_SETTLE_AT = 200


class Feed:
    """The newest ``LONGEST_FEED`` entries. A dropped entry is older than all that are kept, so it
    is never needed again. Events are sorted when read, or when many are waiting."""

    __slots__ = ("_entries", "_unsettled")

    def __init__(self) -> None:
        self._entries: list[FeedEntry] = []
        self._unsettled: list[Event] = []

    def add(self, event: Event) -> None:
        self._unsettled.append(event)
        if len(self._unsettled) >= _SETTLE_AT:
            self._settle()

    def forget(self, second: int) -> None:
        """Drop what happened in or before ``second``."""
        self._settle()
        entries = self._entries
        gone = 0
        while gone < len(entries) and entries[gone][0] // 1000 <= second:
            gone += 1
        del entries[:gone]

    def newest(self, after: int, limit: int) -> list[FeedEntry]:
        """At most ``limit`` entries later than second ``after``, newest first."""
        self._settle()
        recent = [entry for entry in self._entries[-limit:] if entry[0] // 1000 > after]
        recent.reverse()
        return recent

    def _settle(self) -> None:
        if not self._unsettled:
            return
        entries = self._entries
        for event in self._unsettled:
            entries += entries_of(event)
        self._unsettled.clear()
        entries.sort(key=_order)
        del entries[:-LONGEST_FEED]


def entries_of(event: Event) -> list[FeedEntry]:
    """The event's own entry, and one for each goal that it completed."""
    entries: list[FeedEntry] = [(event.time, event.id, event, None)]
    for goal in event.goals:
        entries.append((event.time, f"{event.id}:{goal}", event, goal))
    return entries

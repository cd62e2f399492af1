"""Who did what a filter asks for: a custom event of a name, reaching a goal."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from footfall.model import Event
from footfall.window.query import Filter
from footfall.window.visitor import Visitor

EventMatcher: TypeAlias = Callable[[Event], bool]


class Deeds:
    """The second in which each visitor did it last, within the retention. As in ``Population``, a
    visitor is in the list of each second in which they did it; lists are filtered when read."""

    __slots__ = ("_by_second", "_last", "matches")

    def __init__(self, matches: EventMatcher) -> None:
        self.matches = matches
        self._last: dict[Visitor, int] = {}
        self._by_second: dict[int, list[Visitor]] = {}

    def last(self, visitor: Visitor) -> int:
        """-1 for one who did not."""
        return self._last.get(visitor, -1)

    def did(self, visitor: Visitor, second: int) -> bool:
        """The visitor did it in ``second``; False if they did it later, or then, already."""
        if second <= self._last.get(visitor, -1):
            return False
        self._last[visitor] = second
        self._by_second.setdefault(second, []).append(visitor)
        return True

    def last_did(self, second: int) -> list[Visitor]:
        """The visitors who did it last in ``second``."""
        found = self._by_second.get(second, ())
        return [visitor for visitor in found if self._last.get(visitor) == second]

    def merge(self, old: Visitor, new: Visitor) -> None:
        """``old`` turned out to be ``new``."""
        second = self._last.pop(old, -1)
        if second >= 0:
            self.did(new, second)

    def forget(self, second: int, gone: Iterable[Visitor]) -> None:
        """Drop what was done in ``second``, which has left the retention, and visitors who have."""
        for visitor in self._by_second.pop(second, ()):
            if self._last.get(visitor) == second:
                del self._last[visitor]
        if self._last:
            for visitor in gone:
                self._last.pop(visitor, None)


def compile_deed(wanted: Filter) -> EventMatcher | None:
    """The predicate for the deed in ``wanted``: one event must be all that it asks for. None if it
    asks for none."""
    name, goal = wanted.event, wanted.goal
    if goal is None:
        return None if name is None else lambda event: _is_named(event, name)
    if name is None:
        return lambda event: goal in event.goals
    return lambda event: goal in event.goals and _is_named(event, name)


def _is_named(event: Event, name: str) -> bool:
    return event.type == "event" and event.name == name

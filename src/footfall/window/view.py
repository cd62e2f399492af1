"""One view: the visitors and events that match one filter, over the last ``minutes``."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter

from footfall.window.deeds import Deeds
from footfall.window.limits import Losses
from footfall.window.query import DIMENSIONS, Dimensions, Matcher
from footfall.window.tally import Tally
from footfall.window.visitor import Visitor

MANY = 16
"""Visitors from which it is faster to count their dimensions before they enter or leave."""


class SecondCounts:
    """What happened in one second: page views, custom events and completed goals by name."""

    __slots__ = ("events", "goals", "page_views")

    def __init__(self) -> None:
        self.page_views = 0
        self.events: dict[str, int] = {}
        self.goals: dict[str, int] = {}

    def count_names(self, name: str | None, goals: Iterable[str]) -> None:
        """Count a custom event by its name, and the goals an event completed."""
        if name is not None:
            self.events[name] = self.events.get(name, 0) + 1
        for goal in goals:
            self.goals[goal] = self.goals.get(goal, 0) + 1


class View:
    """Has its own tallies over the visitors last seen later than ``expired_through`` and, while the
    view is being filled, not later than ``filled_through``.

    ``expired_through`` follows the window's clock. ``filled_through`` is None once the view is
    filled; until then it is the second up to which visitors have been added, so that a visitor
    who moves meanwhile is counted once.

    With ``deeds``, a visitor counts from when they did it last instead of when they were last seen.
    """

    def __init__(
        self,
        minutes: int,
        matches: Matcher | None,
        cap: int,
        losses: Losses,
        deeds: Deeds | None = None,
    ) -> None:
        self.minutes = minutes
        self.matches = matches
        self.deeds = deeds
        self.expired_through = 0
        self.filled_through: int | None = None
        self.visitors = 0
        self.present = 0
        self.page_views = 0
        self.breakdowns: dict[str, Tally] = {name: Tally(cap, losses) for name in DIMENSIONS}
        self._tallies = tuple(self.breakdowns.values())
        self.events = Tally(cap, losses)
        self.goals = Tally(cap, losses)

    def second_of(self, visitor: Visitor) -> int:
        """The second from which the visitor counts here."""
        return visitor.seen // 1000 if self.deeds is None else self.deeds.last(visitor)

    def includes(self, second: int, dimensions: Dimensions) -> bool:
        """Whether a visitor who counts from ``second`` with these dimensions is counted here."""
        if second <= self.expired_through:
            return False
        if self.filled_through is not None and second > self.filled_through:
            return False
        return self.matches is None or self.matches(dimensions)

    def enter(self, visitor: Visitor) -> None:
        self.visitors += 1
        if visitor.open:
            self.present += 1
        for tally, label in zip(self._tallies, visitor.dimensions, strict=True):
            tally.add(label)

    def leave(self, visitor: Visitor, dimensions: Dimensions) -> None:
        """``dimensions`` are those with which the visitor was counted."""
        self.visitors -= 1
        if visitor.open:
            self.present -= 1
        for tally, label in zip(self._tallies, dimensions, strict=True):
            tally.remove(label)

    def change(self, before: Dimensions, after: Dimensions) -> None:
        """Update the dimensions of a visitor who stays in the view."""
        # Values are interned. Nearly always only the path changed.
        if before[0] is not after[0]:
            self._tallies[0].remove(before[0])
            self._tallies[0].add(after[0])
        if before[1:] != after[1:]:
            for index in range(1, len(DIMENSIONS)):
                old, new = before[index], after[index]
                if old is not new:
                    self._tallies[index].remove(old)
                    self._tallies[index].add(new)

    def expire(self, second: int, visitors: Iterable[Visitor], counts: SecondCounts | None) -> None:
        """Remove everything last seen or counted in ``second``, which has just left the view."""
        self.expired_through = second
        if counts is not None:
            self.remove_counts(counts)
        if self.filled_through is None or second <= self.filled_through:
            leaving = self._matching(visitors)
            if len(leaving) < MANY:
                for visitor in leaving:
                    self.leave(visitor, visitor.dimensions)
                return
            self.visitors -= len(leaving)
            self.present -= sum(visitor.open > 0 for visitor in leaving)
            for tally, labels in zip(self._tallies, _by_dimension(leaving), strict=True):
                _each(tally.remove, labels)

    def backfill(self, second: int, visitors: Iterable[Visitor]) -> None:
        """Add the visitors last seen in ``second``, the next one after ``filled_through``."""
        self.filled_through = second
        entering = self._matching(visitors)
        if len(entering) < MANY:
            for visitor in entering:
                self.enter(visitor)
            return
        self.visitors += len(entering)
        self.present += sum(visitor.open > 0 for visitor in entering)
        for tally, labels in zip(self._tallies, _by_dimension(entering), strict=True):
            _each(tally.add, labels)

    def count_names(self, name: str | None, goals: Iterable[str]) -> None:
        """Count a custom event by its name, and the goals an event completed."""
        if name is not None:
            self.events.add(name)
        for goal in goals:
            self.goals.add(goal)

    def add_counts(self, counts: SecondCounts) -> None:
        self.page_views += counts.page_views
        _each(self.events.add, counts.events)
        _each(self.goals.add, counts.goals)

    def remove_counts(self, counts: SecondCounts) -> None:
        self.page_views -= counts.page_views
        _each(self.events.remove, counts.events)
        _each(self.goals.remove, counts.goals)

    def _matching(self, visitors: Iterable[Visitor]) -> list[Visitor]:
        matches = self.matches
        if matches is None:
            return list(visitors)
        return [visitor for visitor in visitors if matches(visitor.dimensions)]


def _by_dimension(visitors: list[Visitor]) -> Iterator[Counter[str]]:
    """For each dimension, how many visitors have each value: tallies then change once per value."""
    dimensions = [visitor.dimensions for visitor in visitors]
    for index in range(len(DIMENSIONS)):
        yield Counter(map(itemgetter(index), dimensions))


def _each(apply: Callable[[str, int], None], counts: Mapping[str, int]) -> None:
    for label, count in counts.items():
        apply(label, count)

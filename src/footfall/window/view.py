"""One view: the visitors and events of one filter over the last so many minutes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter

from footfall.model import Event
from footfall.window.counts import SecondCounts
from footfall.window.labels import DIMENSIONS, UNKNOWN, Facts
from footfall.window.limits import Losses
from footfall.window.matching import Matcher
from footfall.window.tally import Tally
from footfall.window.visitor import Visitor


class View:
    """Its own tallies over the visitors last seen in the seconds ``low < second <= high``.

    ``low`` follows the window's clock. ``high`` is None once the view holds everyone; while it
    is being filled, it is the second up to which the visitors have been taken in, so that what
    moves meanwhile is counted once.
    """

    def __init__(self, minutes: int, matches: Matcher | None, cap: int, losses: Losses) -> None:
        self.minutes = minutes
        self.matches = matches
        self.low = 0
        self.high: int | None = None
        self.visitors = 0
        self.present = 0
        self.page_views = 0
        self.breakdowns: dict[str, Tally] = {name: Tally(cap, losses) for name in DIMENSIONS}
        self._tallies = tuple(self.breakdowns.values())
        self.events = Tally(cap, losses)
        self.goals = Tally(cap, losses)

    def holds(self, second: int, facts: Facts) -> bool:
        """Whether a visitor last seen in ``second`` with these facts is counted here."""
        if second <= self.low or (self.high is not None and second > self.high):
            return False
        return self.matches is None or self.matches(facts)

    def enter(self, visitor: Visitor) -> None:
        self.visitors += 1
        if visitor.open:
            self.present += 1
        for tally, label in zip(self._tallies, visitor.facts, strict=True):
            tally.add(label)

    def leave(self, visitor: Visitor, facts: Facts) -> None:
        """``facts`` are those with which the visitor was counted."""
        self.visitors -= 1
        if visitor.open:
            self.present -= 1
        for tally, label in zip(self._tallies, facts, strict=True):
            tally.remove(label)

    def change(self, before: Facts, after: Facts) -> None:
        """A visitor who stays in the view has other facts now."""
        # Facts are interned. Nearly always only the path changed.
        if before[0] is not after[0]:
            self._tallies[0].remove(before[0])
            self._tallies[0].add(after[0])
        if before[1:] != after[1:]:
            for tally, old, new in zip(self._tallies[1:], before[1:], after[1:], strict=True):
                if old is not new:
                    tally.remove(old)
                    tally.add(new)

    def expire(self, second: int, visitors: Iterable[Visitor], counts: SecondCounts | None) -> None:
        """``second`` has just left the view, with all that was last seen or happened in it."""
        self.low = second
        if counts is not None:
            self.remove_counts(counts)
        if self.high is None or second <= self.high:
            leaving = self._matching(visitors)
            self.visitors -= len(leaving)
            self.present -= sum(visitor.open > 0 for visitor in leaving)
            for tally, labels in zip(self._tallies, _by_dimension(leaving), strict=True):
                _each(tally.remove, labels)

    def take_in(self, second: int, visitors: Iterable[Visitor]) -> None:
        """While filling: include those last seen in ``second``, the next one after ``high``."""
        self.high = second
        entering = self._matching(visitors)
        self.visitors += len(entering)
        self.present += sum(visitor.open > 0 for visitor in entering)
        for tally, labels in zip(self._tallies, _by_dimension(entering), strict=True):
            _each(tally.add, labels)

    def name(self, event: Event) -> None:
        """Count a custom event by its name, and the goals an event completed."""
        if event.type == "event":
            self.events.add(event.name or UNKNOWN)
        for goal in event.goals:
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
        return [visitor for visitor in visitors if matches(visitor.facts)]


def _by_dimension(visitors: list[Visitor]) -> Iterator[Counter[str]]:
    """For each dimension, how many of each value: a crowd costs little more than its values."""
    facts = [visitor.facts for visitor in visitors]
    for index in range(len(DIMENSIONS)):
        yield Counter(map(itemgetter(index), facts))


def _each(apply: Callable[[str, int], None], counts: Mapping[str, int]) -> None:
    for label, count in counts.items():
        apply(label, count)

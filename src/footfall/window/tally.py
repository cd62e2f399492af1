"""Counts by label, ranked when read."""

from bisect import bisect_left, insort

from mypy_extensions import mypyc_attr

from footfall.window.limits import Losses
from footfall.window.query import OTHER

MANY_TOUCHED = 1_000
"""Labels from which moving each in a long list costs more than sorting the list."""


@mypyc_attr(acyclic=True)
class Count:
    """Of one label. ``ranked`` is its count in the ranked list, 0 if it is not there."""

    __slots__ = ("count", "is_touched", "label", "ranked")

    def __init__(self, label: str) -> None:
        self.label = label
        self.count = 0
        self.ranked = 0
        self.is_touched = False


class Tally:
    """Counts by label, highest first, ties by name.

    Adding and removing are O(1); ``top`` costs O(log labels) for each label touched since the
    last call, or sorts all of them where that is less, and O(rows). Past ``cap`` distinct labels
    new ones count under ``(other)``; the sum over all labels is always exact.
    """

    __slots__ = ("_cap", "_counts", "_losses", "_ranked", "_revision", "_touched")

    def __init__(self, cap: int, losses: Losses) -> None:
        self._cap = cap
        self._losses = losses
        self._counts: dict[str, Count] = {}
        self._touched: list[Count] = []
        self._ranked: list[tuple[int, str]] = []
        self._revision = 0

    @property
    def revision(self) -> int:
        """Grows if a label was touched since it was last read."""
        self._rank()
        return self._revision

    def add(self, label: str, count: int = 1) -> None:
        found = self._counts.get(label)
        if found is None:
            found = self._new(label, count)
        found.count += count
        if not found.is_touched:
            found.is_touched = True
            self._touched.append(found)

    def remove(self, label: str, count: int = 1) -> None:
        found = self._counts.get(label)
        if found is None:
            self.remove(OTHER, count)
            return
        rest = found.count - count
        found.count = rest if rest > 0 else 0
        if not found.is_touched:
            found.is_touched = True
            self._touched.append(found)
        if rest <= 0:
            del self._counts[label]
            if rest:  # the others were added under (other) while the table was full
                self.remove(OTHER, -rest)

    def top(self, limit: int) -> list[tuple[str, int]]:
        self._rank()
        return [(label, -negative) for negative, label in self._ranked[:limit]]

    def _new(self, label: str, count: int) -> Count:
        counts = self._counts
        if len(counts) >= self._cap:
            self._losses.values += count
            label = OTHER
            known = counts.get(label)
            if known is not None:
                return known
        found = counts[label] = Count(label)
        return found

    def _rank(self) -> None:
        if not self._touched:
            return
        if len(self._touched) > min(len(self._counts) // 3, MANY_TOUCHED):
            self._ranked = sorted((-each.count, each.label) for each in self._counts.values())
        else:
            self._move()
        for each in self._touched:
            each.is_touched = False
            each.ranked = each.count
        self._touched.clear()
        self._revision += 1

    def _move(self) -> None:
        """Give those that were touched their new rank."""
        ranked = self._ranked
        for each in self._touched:
            if each.ranked:
                del ranked[bisect_left(ranked, (-each.ranked, each.label))]
            if each.count:
                insort(ranked, (-each.count, each.label))

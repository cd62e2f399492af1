"""Counts by label, ranked when read."""

from bisect import bisect_left, insort

from footfall.window.limits import Losses
from footfall.window.query import OTHER

MANY_TOUCHED = 1_000
"""Labels from which moving each in a long list costs more than sorting the list."""


class Tally:
    """Counts by label, highest first, ties by name.

    Adding and removing are O(1); ``top`` costs O(log labels) for each label touched since the
    last call, or sorts all of them where that is less, and O(rows). Past ``cap`` distinct labels
    new ones count under ``(other)``; the sum over all labels is always exact.
    """

    __slots__ = ("_cap", "_counts", "_losses", "_ranked", "_ranks", "_revision", "_touched")

    def __init__(self, cap: int, losses: Losses) -> None:
        self._cap = cap
        self._losses = losses
        self._counts: dict[str, int] = {}
        self._touched: set[str] = set()
        self._ranks: dict[str, int] = {}
        self._ranked: list[tuple[int, str]] = []
        self._revision = 0

    @property
    def revision(self) -> int:
        """Grows if a label was touched since it was last read."""
        self._rank()
        return self._revision

    def add(self, label: str, count: int = 1) -> None:
        counts = self._counts
        known = counts.get(label)
        if known is None:
            if len(counts) >= self._cap:
                label = OTHER
                self._losses.values += count
            known = counts.get(label, 0)
        counts[label] = known + count
        self._touched.add(label)

    def remove(self, label: str, count: int = 1) -> None:
        counts = self._counts
        known = counts.get(label, 0)
        if known > count:
            counts[label] = known - count
            self._touched.add(label)
            return
        if known:
            del counts[label]
            self._touched.add(label)
        if known < count:
            # The rest were added under (other) while the table was full.
            self.remove(OTHER, count - known)

    def top(self, limit: int) -> list[tuple[str, int]]:
        self._rank()
        return [(label, -negative) for negative, label in self._ranked[:limit]]

    def _rank(self) -> None:
        if not self._touched:
            return
        if len(self._touched) > min(len(self._counts) // 3, MANY_TOUCHED):
            self._sort()
        else:
            self._insert()
        self._touched.clear()
        self._revision += 1

    def _sort(self) -> None:
        self._ranks = dict(self._counts)
        self._ranked = sorted((-count, label) for label, count in self._counts.items())

    def _insert(self) -> None:
        ranked, ranks = self._ranked, self._ranks
        for label in self._touched:
            old = ranks.pop(label, None)
            if old is not None:
                del ranked[bisect_left(ranked, (-old, label))]
            new = self._counts.get(label)
            if new is not None:
                ranks[label] = new
                insort(ranked, (-new, label))

"""Counts by label, ranked on demand."""

from bisect import bisect_left, insort

from footfall.window.labels import OTHER
from footfall.window.limits import Losses


class Tally:
    """How many of each label, most first, ties by name.

    Adding and removing are O(1); ``top`` costs O(log labels) for each label touched since the
    last call, and O(rows). Past ``cap`` distinct labels new ones count under ``(other)``; the
    sum over all labels is always exact.
    """

    __slots__ = ("_cap", "_counts", "_losses", "_ranked", "_ranks", "_touched", "edition")

    def __init__(self, cap: int, losses: Losses) -> None:
        self.edition = 0
        """Grows with every change, so that a reader can tell cheaply that nothing moved."""
        self._cap = cap
        self._losses = losses
        self._counts: dict[str, int] = {}
        self._touched: set[str] = set()
        self._ranks: dict[str, int] = {}
        self._ranked: list[tuple[int, str]] = []

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
        self.edition += 1

    def remove(self, label: str, count: int = 1) -> None:
        counts = self._counts
        known = counts.get(label, 0)
        if known < count:
            # These were added under (other) while the table was full.
            if known:
                self._set(label, 0)
            label, count = OTHER, count - known
            known = counts[OTHER]
        self._set(label, known - count)

    def top(self, limit: int) -> list[tuple[str, int]]:
        self._rank()
        return [(label, -negative) for negative, label in self._ranked[:limit]]

    def _set(self, label: str, count: int) -> None:
        if count:
            self._counts[label] = count
        else:
            del self._counts[label]
        self._touched.add(label)
        self.edition += 1

    def _rank(self) -> None:
        ranked, ranks = self._ranked, self._ranks
        for label in self._touched:
            old = ranks.pop(label, None)
            if old is not None:
                del ranked[bisect_left(ranked, (-old, label))]
            new = self._counts.get(label)
            if new is not None:
                ranks[label] = new
                insort(ranked, (-new, label))
        self._touched.clear()

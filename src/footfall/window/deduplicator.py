"""The times at which event ids were seen, so that an event delivered twice counts once."""

from collections import defaultdict
from typing import TypeAlias

from footfall.window.limits import DEDUP_SECONDS, Losses

_SPAN_MS = DEDUP_SECONDS * 1000

Run: TypeAlias = tuple[int, int]
"""First and last time (ms) of an id that was seen again and again, each time within the span."""


class Deduplicator:
    """The times (ms) at which each id was seen within the window's horizon, as runs.

    An event counts unless its id was seen in the 10 minutes before it; each repetition starts
    them again. So of a run only the first event counts, and whatever falls into a run is a
    repetition: each costs O(1), however often the id comes. Events may be in any order. If one
    turns an event that was already counted into a repetition, ``disordered`` becomes True: only a
    replay in order can undo that.
    """

    __slots__ = ("_by_second", "_cap", "_losses", "_runs", "disordered")

    def __init__(self, cap: int, losses: Losses) -> None:
        self.disordered = False
        self._cap = cap
        self._losses = losses
        # Nearly every id is seen once; a plain int saves the tuples.
        self._runs: dict[str, int | tuple[Run, ...]] = {}
        # One entry for each run, in a second no later than the run's last.
        self._by_second: defaultdict[int, list[str]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._runs)

    def counts(self, event_id: str, time: int) -> bool:
        """Remember that the id was seen at ``time``; True when the event counts."""
        runs = self._runs
        before = len(runs)
        if before >= self._cap and event_id not in runs:
            self._losses.ids += 1
            return True
        known = runs.setdefault(event_id, time)
        if len(runs) > before:  # one look-up into a large table in place of two
            self._by_second[time // 1000].append(event_id)
            return True
        return self._counts_again(event_id, time, known)

    def _counts_again(self, event_id: str, time: int, known: int | tuple[Run, ...]) -> bool:
        runs = ((known, known),) if isinstance(known, int) else known
        first = last = time
        apart = []
        counts = True
        for begin, end in runs:
            if begin <= time <= end:
                return False
            if 0 < time - end <= _SPAN_MS:
                counts, first = False, begin
            elif 0 < begin - time <= _SPAN_MS:
                self.disordered, last = True, end
            else:
                apart.append((begin, end))
        if len(apart) == len(runs):
            self._by_second[time // 1000].append(event_id)
        self._runs[event_id] = (*apart, (first, last))
        return counts

    def counted(self, event_id: str, time: int) -> bool:
        """Whether the event seen at ``time`` counts: it began a run, or was past the cap."""
        known = self._runs.get(event_id)
        if known is None or isinstance(known, int):
            return known is None or known == time
        return any(begin == time for begin, _ in known)

    def forget(self, second: int) -> None:
        """Drop the runs that ended in or before ``second``."""
        for event_id in self._by_second.pop(second, ()):
            known = self._runs.get(event_id)
            if known is None:
                continue
            runs = ((known, known),) if isinstance(known, int) else known
            left = tuple(run for run in runs if run[1] // 1000 > second)
            if left:
                self._runs[event_id] = left
                self._by_second[min(run[1] for run in left) // 1000].append(event_id)
            else:
                del self._runs[event_id]

"""The seconds in which anything happened, so that time can pass over those that change nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class ActiveSeconds:
    """Whole seconds since the epoch, ascending. An event leaves an interval of *n* seconds *n*
    seconds after its own: at all other times nothing leaves."""

    __slots__ = ("_seconds",)

    def __init__(self) -> None:
        self._seconds: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._seconds)

    def add(self, second: int) -> None:
        seconds = self._seconds
        if not seconds or second > seconds[-1]:
            seconds.append(second)
        elif second != seconds[-1]:
            index = bisect_left(seconds, second)
            if seconds[index] != second:
                seconds.insert(index, second)

    def next_leaving(self, now: int, intervals: Iterable[int]) -> int | None:
        """The first second after ``now`` in which one leaves any of the intervals."""
        seconds = self._seconds
        first: int | None = None
        for length in intervals:
            index = bisect_right(seconds, now - length)
            if index < len(seconds):
                leaving = seconds[index] + length
                if first is None or leaving < first:
                    first = leaving
        return first

    def forget(self, second: int) -> None:
        """Drop ``second`` and what was before it."""
        del self._seconds[: bisect_right(self._seconds, second)]

"""Page views and distinct visitors of each UTC minute of the retention."""

from collections.abc import Iterable

from mypy_extensions import mypyc_attr

BITS = 60
"""The retention has at most as many minutes."""
MASK = (1 << BITS) - 1


@mypyc_attr(acyclic=True)
class ActiveMinutes:
    """The minutes in which one visitor was active: the last one, and a bit for each up to it."""

    __slots__ = ("_active_bits", "_last_active")

    def __init__(self) -> None:
        self._last_active = -1
        self._active_bits = 0

    def mark_active(self, minute: int) -> bool:
        """False if the minute was marked already."""
        age = self._last_active - minute
        if age == 0:
            return False
        if age < 0:
            self._active_bits = self._bits_at(minute) | 1
            self._last_active = minute
            return True
        bit = 1 << age
        if self._active_bits & bit:
            return False
        self._active_bits |= bit
        return True

    def merge_minutes(self, other: "ActiveMinutes") -> list[int]:
        """``other`` was the same visitor. Returns the minutes in which both were active."""
        latest = max(self._last_active, other._last_active)
        mine, theirs = self._bits_at(latest), other._bits_at(latest)
        self._last_active, self._active_bits = latest, mine | theirs
        return [latest - age for age in range(BITS) if (mine & theirs) >> age & 1]

    def _bits_at(self, minute: int) -> int:
        """The bits seen from ``minute``, which is not before the last one."""
        gap = minute - self._last_active
        return (self._active_bits << gap) & MASK if gap < BITS else 0


class Minutes:
    """Exact counts for each minute of the retention."""

    __slots__ = ("_length", "_rows", "_running", "revision")

    def __init__(self, length: int, now: int) -> None:
        self.revision = 0
        self._length = length
        self._running = now // 60
        self._rows: dict[int, list[int]] = {}

    def add(self, active: ActiveMinutes | None, second: int, page_views: int) -> None:
        """Count one event; ``active`` is None when the visitor did not fit the window."""
        minute = second // 60
        if minute <= self._running - self._length:
            return
        is_new = active is not None and active.mark_active(minute)
        if not (page_views or is_new):
            return
        row = self._rows.get(minute)
        if row is None:
            row = self._rows[minute] = [0, 0]
        row[0] += page_views
        row[1] += is_new
        self.revision += 1

    def uncount(self, minutes: Iterable[int]) -> None:
        """In each of these minutes, two visitors turned out to be one."""
        for minute in minutes:
            row = self._rows.get(minute)
            if row is not None:
                row[1] -= 1
        self.revision += 1

    def advance(self, second: int) -> bool:
        """Make the minute of ``second`` the current one; drop rows that leave the retention.
        Returns whether it was not."""
        minute = second // 60
        if minute == self._running:
            return False
        self._running = minute
        oldest = minute - self._length
        for gone in [row for row in self._rows if row <= oldest]:
            del self._rows[gone]
        self.revision += 1
        return True

    def at(self, minute: int) -> tuple[int, int]:
        """(page views, visitors) of a minute of the retention."""
        page_views, visitors = self._rows.get(minute) or (0, 0)
        return page_views, visitors

    def rows(self) -> list[tuple[int, int, int]]:
        """(minute since the epoch, page views, visitors), oldest first, zeros included."""
        none = [0, 0]
        rows = []
        for minute in range(self._running - self._length + 1, self._running + 1):
            page_views, visitors = self._rows.get(minute, none)
            rows.append((minute, page_views, visitors))
        return rows

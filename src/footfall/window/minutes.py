"""Page views and distinct visitors of each UTC minute of the retention."""

_BITS = 64
_MASK = (1 << _BITS) - 1


class Minutes:
    """Exact distinct visitors of each minute, with one integer per visitor: the last active minute
    in the high bits, and below it a bit for each of the 64 minutes up to it (the retention is at
    most 60)."""

    __slots__ = ("_active", "_length", "_rows", "_running", "revision")

    def __init__(self, length: int, now: int) -> None:
        self.revision = 0
        self._length = length
        self._running = now // 60
        self._active: dict[int, int] = {}
        self._rows: dict[int, list[int]] = {}

    def add(self, visitor: int | None, second: int, page_views: int) -> None:
        """Count one event; ``visitor`` is None when the visitor did not fit the window."""
        minute = second // 60
        if minute <= self._running - self._length:
            return
        visitors = 0
        if visitor is not None:
            packed = self._active.get(visitor, -1)
            if packed >> _BITS != minute:
                visitors = self._mark(visitor, minute, packed)
        if not (page_views or visitors):
            return
        row = self._rows.get(minute)
        if row is None:
            row = self._rows[minute] = [0, 0]
        row[0] += page_views
        row[1] += visitors
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

    def merge(self, old: int, new: int) -> None:
        """``old`` was ``new``: minutes in which both were active have one visitor less."""
        was, known = self._active.pop(old, None), self._active.get(new)
        if was is None:
            return
        if known is None:
            self._active[new] = was
            return
        latest = max(was, known) >> _BITS
        mine, theirs = (
            (packed & _MASK) << latest - (packed >> _BITS) & _MASK for packed in (was, known)
        )
        self._active[new] = latest << _BITS | mine | theirs
        both = mine & theirs
        while both:
            age = both.bit_length() - 1
            both ^= 1 << age
            row = self._rows.get(latest - age)
            if row is not None:
                row[1] -= 1
        self.revision += 1

    def forget(self, visitor: int) -> None:
        self._active.pop(visitor, None)

    def rows(self) -> list[tuple[int, int, int]]:
        """(minute since the epoch, page views, visitors), oldest first, zeros included."""
        first = self._running - self._length + 1
        empty = (0, 0)
        return [
            (minute, *self._rows.get(minute, empty)) for minute in range(first, self._running + 1)
        ]

    def _mark(self, visitor: int, minute: int, packed: int) -> int:
        """Set the visitor's bit for ``minute``, which is not the last active one; 1 if it was not
        set."""
        age = (packed >> _BITS) - minute
        if packed < 0:
            self._active[visitor] = minute << _BITS | 1
        elif age < 0:
            self._active[visitor] = minute << _BITS | (packed << -age) & _MASK | 1
        elif packed >> age & 1:
            return 0
        else:
            self._active[visitor] = packed | 1 << age
        return 1

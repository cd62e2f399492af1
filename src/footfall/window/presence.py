"""Which visible stretches of tabs are open, and whose they are."""

from collections import defaultdict

import msgspec

from footfall.model import Event
from footfall.window.visitor import Visitor


class Stretch(msgspec.Struct, gc=False, eq=False):
    """One ``sid`` with a sign of life in the presence time. It belongs to the visitor who spoke
    on it last (an address may change while a tab stays open)."""

    owner: Visitor
    seen: int
    seen_id: str


Flips = list[tuple[Visitor, int]]
"""Visitors whose number of open stretches changes, by how much."""


class Presence:
    """A stretch is open while its last sign of life is within ``presence_seconds`` and no leave
    of it is within the retention. Every method returns the changes for the window to apply."""

    __slots__ = ("_alive", "_left", "_left_in", "_stretches", "_timeout")

    def __init__(self, presence_seconds: int) -> None:
        self._timeout = presence_seconds
        self._stretches: dict[str, Stretch] = {}
        self._alive: defaultdict[int, list[str]] = defaultdict(list)
        self._left: dict[str, int] = {}
        self._left_in: defaultdict[int, list[str]] = defaultdict(list)

    def live(self, visitor: Visitor, event: Event, now: int) -> Flips:
        """A sign of life on the event's ``sid``."""
        sid, second = event.sid, event.time // 1000
        if sid is None or second <= now - self._timeout:
            return []
        stretch = self._stretches.get(sid)
        if stretch is None:
            self._stretches[sid] = Stretch(visitor, event.time, event.id)
            self._alive[second].append(sid)
            return [] if sid in self._left else [(visitor, 1)]
        if (event.time, event.id) <= (stretch.seen, stretch.seen_id):
            return []
        if second > stretch.seen // 1000:
            self._alive[second].append(sid)
        stretch.seen, stretch.seen_id = event.time, event.id
        owner, stretch.owner = stretch.owner, visitor
        if owner is visitor or sid in self._left:
            return []
        return [(owner, -1), (visitor, 1)]

    def leave(self, event: Event) -> Flips:
        """The tab of the event's ``sid`` is no longer visible; it never revives."""
        sid, second = event.sid, event.time // 1000
        if sid is None:
            return []
        known = self._left.get(sid, -1)
        if second > known:
            self._left[sid] = second
            self._left_in[second].append(sid)
        stretch = self._stretches.get(sid)
        return [(stretch.owner, -1)] if stretch is not None and known < 0 else []

    def silence(self, second: int) -> Flips:
        """Close the stretches whose last sign of life was in ``second``."""
        flips: Flips = []
        for sid in self._alive.pop(second, ()):
            stretch = self._stretches.get(sid)
            if stretch is None or stretch.seen // 1000 != second:
                continue
            del self._stretches[sid]
            if sid not in self._left:
                flips.append((stretch.owner, -1))
        return flips

    def forget_leaves(self, second: int) -> Flips:
        """Forget the leaves of ``second``, which has left the retention."""
        flips: Flips = []
        for sid in self._left_in.pop(second, ()):
            if self._left.get(sid) != second:
                continue
            del self._left[sid]
            stretch = self._stretches.get(sid)
            if stretch is not None:
                flips.append((stretch.owner, 1))
        return flips

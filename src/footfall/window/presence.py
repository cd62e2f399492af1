"""Which tabs are visible, and which visitor each belongs to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from mypy_extensions import mypyc_attr

from footfall.model import Event
from footfall.window.limits import Losses
from footfall.window.visitor import Visitor


@mypyc_attr(acyclic=True)
class TabSession:
    """One ``sid`` with a sign of life within the presence time. It belongs to the visitor who
    used it last: an address may change while a tab stays open."""

    __slots__ = ("owner", "seen", "seen_id")

    def __init__(self, owner: Visitor, seen: int, seen_id: str) -> None:
        self.owner = owner
        self.seen = seen
        self.seen_id = seen_id


PresenceChanges: TypeAlias = Sequence[tuple[Visitor, int]]
"""Visitors whose number of open tab sessions changes, and by how much."""
NO_CHANGES: PresenceChanges = ()


class Presence:
    """A tab session is open while its last sign of life is within ``presence_seconds`` and it has
    no leave within the retention. Methods return the changes; the window applies them.

    Past ``cap`` sessions or leaves, further ones are not remembered, which is counted.
    """

    __slots__ = ("_alive", "_cap", "_left", "_left_in", "_losses", "_sessions", "_timeout")

    def __init__(self, presence_seconds: int, cap: int, losses: Losses) -> None:
        self._timeout = presence_seconds
        self._cap = cap
        self._losses = losses
        self._sessions: dict[str, TabSession] = {}
        self._alive: defaultdict[int, list[str]] = defaultdict(list)
        self._left: dict[str, int] = {}
        self._left_in: defaultdict[int, list[str]] = defaultdict(list)

    def show_life(self, visitor: Visitor, event: Event, time: int, now: int) -> PresenceChanges:
        """Record the event, of ``time`` ms, as a sign of life of its ``sid``."""
        sid, second = event.sid, time // 1000
        if sid is None or second <= now - self._timeout:
            return NO_CHANGES
        session = self._sessions.get(sid)
        if session is None:
            return self._begin(sid, visitor, event, second)
        before = session.seen
        if time < before or (time == before and event.id <= session.seen_id):
            return NO_CHANGES
        if second > before // 1000:
            self._alive[second].append(sid)
        session.seen, session.seen_id = time, event.id
        owner = session.owner
        if owner is visitor:
            return NO_CHANGES
        session.owner = visitor
        return NO_CHANGES if sid in self._left else [(owner, -1), (visitor, 1)]

    def _begin(self, sid: str, visitor: Visitor, event: Event, second: int) -> PresenceChanges:
        if len(self._sessions) >= self._cap:
            self._losses.sessions += 1
            return NO_CHANGES
        self._sessions[sid] = TabSession(visitor, event.time, event.id)
        self._alive[second].append(sid)
        return NO_CHANGES if sid in self._left else [(visitor, 1)]

    def leave(self, event: Event) -> PresenceChanges:
        """Record that the tab of the event's ``sid`` is no longer visible. The ``sid`` stays closed
        for the retention; a tab that is visible again has a new one."""
        sid, second = event.sid, event.time // 1000
        if sid is None:
            return NO_CHANGES
        known = self._left.get(sid, -1)
        if known < 0 and len(self._left) >= self._cap:
            self._losses.sessions += 1
            session = self._sessions.pop(sid, None)
        else:
            session = self._sessions.get(sid)
            if second > known:
                self._left[sid] = second
                self._left_in[second].append(sid)
        return [(session.owner, -1)] if session is not None and known < 0 else NO_CHANGES

    def change_owner(self, old: Visitor, new: Visitor) -> None:
        """``old`` turned out to be ``new``; the window moves their open sessions itself."""
        for session in self._sessions.values():
            if session.owner is old:
                session.owner = new

    def time_out(self, second: int) -> PresenceChanges:
        """Close the sessions whose last sign of life was in ``second``."""
        changes: list[tuple[Visitor, int]] = []
        for sid in self._alive.pop(second, ()):
            session = self._sessions.get(sid)
            if session is None or session.seen // 1000 != second:
                continue
            del self._sessions[sid]
            if sid not in self._left:
                changes.append((session.owner, -1))
        return changes

    def forget_leaves(self, second: int) -> PresenceChanges:
        """Forget the leaves of ``second``, which has left the retention."""
        changes: list[tuple[Visitor, int]] = []
        for sid in self._left_in.pop(second, ()):
            if self._left.get(sid) != second:
                continue
            del self._left[sid]
            session = self._sessions.get(sid)
            if session is not None:
                changes.append((session.owner, 1))
        return changes

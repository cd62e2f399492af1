"""Which offset each recent event has on this node.

A replay reads the table, and the tail reads the table's stream; this module relates them. An event
that a replay finds is at or before an offset if

* the tail has delivered it with that offset or a smaller one, or
* it was written before the tail began, so that the tail will never deliver it.

Any other event is in the table but still on its way through the stream. Offsets are kept for at
least ``KEPT_MS`` after delivery, and for longer while a tail is behind; then the time of writing
decides: everything written ``SETTLED_MS`` before the tail last reached the stream's end has been
delivered.

Events that other nodes, with their own clocks, wrote just before the tail began may or may not
still be in the stream. The first replay of their site includes them, and a later delivery of them
is dropped.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from footfall.model import Offset

SETTLED_MS = 60_000
"""The longest that a record takes through the stream, including differences between clocks."""
KEPT_MS = 300_000
MAX_KEPT = 500_000
"""Offsets that are kept for a tail that is behind: some 50 MB."""
SKEW_MS = 10_000
"""The most that a writer's clock is ahead."""
MAX_MINE = 100_000

EventKey: TypeAlias = int
"""A 64-bit hash of an event's keys, so that a million of them are small."""


def event_key(partition: str, sort: str) -> EventKey:
    return hash((partition, sort))


class Found(msgspec.Struct, frozen=True, gc=False):
    """An event that a replay found: its key, and when it was written (ms)."""

    key: EventKey
    at: int


class Deliveries:
    def __init__(self, end: Offset, began: int) -> None:
        """The tail begins now, at ``began`` (ms), with offset ``end``."""
        self.start = end
        self.end = end
        self._began = began
        self._settled = began - SETTLED_MS
        self._offsets: dict[EventKey, Offset] = {}
        self._older: dict[EventKey, Offset] = {}
        self._rotated = began
        self._mine: dict[EventKey, int] = {}
        self._replayed: dict[str, int] = {}

    def expect(self, keys: Iterable[EventKey], at: int) -> None:
        """Expect the stream to deliver ``keys``, which this process writes at ``at`` (ms)."""
        for key in keys:
            if key not in self._offsets and key not in self._older:
                if len(self._mine) >= MAX_MINE:
                    del self._mine[next(iter(self._mine))]
                self._mine[key] = at

    def give_up(self, keys: Iterable[EventKey]) -> None:
        """Stop expecting ``keys``: they may not have been written."""
        for key in keys:
            self._mine.pop(key, None)

    def undelivered(self) -> set[EventKey]:
        """The keys that this process has written and the stream has not yet delivered."""
        return set(self._mine)

    def is_due(self, keys: Iterable[EventKey]) -> bool:
        """Whether the stream has yet to deliver any of ``keys``."""
        return any(key in self._mine for key in keys)

    def deliver(self, key: EventKey, made: int) -> bool:
        """Give the event the next offset. False if it has one or was written before the tail began.

        ``made`` is when the stream's record was created (ms).
        """
        self._mine.pop(key, None)
        if made < self._began - SETTLED_MS or key in self._offsets or key in self._older:
            return False
        self.end += 1
        self._offsets[key] = self.end
        return True

    def offset_of(self, key: EventKey) -> Offset | None:
        """None if it was not delivered, or long ago."""
        return self._offsets.get(key) or self._older.get(key)

    def reached_end(self, at: int, *, is_behind: bool = False) -> None:
        """Everything that was in the stream at time ``at`` (ms) has its offset. ``is_behind`` when
        a tail has yet to read some of it: then offsets are kept for longer."""
        self._settled = max(self._settled, at - SETTLED_MS)
        is_kept = is_behind and len(self._offsets) < MAX_KEPT
        if at - self._rotated >= KEPT_MS and not is_kept:
            self._older, self._offsets, self._rotated = self._offsets, {}, at
        # The stream does not deliver an event that was in the table already.
        while self._mine and (first := next(iter(self._mine.items())))[1] <= self._settled:
            del self._mine[first[0]]

    def is_first_replay(self, site: str, since: int) -> bool:
        return since < self._replayed.get(site, since + 1)

    def replayed(self, site: str, since: int) -> None:
        """Record that a first replay was read to its end."""
        self._replayed[site] = since

    def select(self, found: Sequence[Found], until: Offset, *, is_first: bool) -> list[bool]:
        """For each event, whether it is at or before ``until``."""
        return [self._includes(each, until, is_first) for each in found]

    def _includes(self, found: Found, until: Offset, is_first: bool) -> bool:
        key = found.key
        offset = self.offset_of(key)
        if offset is not None:
            return offset <= until
        if key in self._mine:
            return False
        if found.at <= self._settled:
            return True
        if is_first and found.at <= self._began + SKEW_MS:
            self._offsets[key] = self.start
            return True
        return False

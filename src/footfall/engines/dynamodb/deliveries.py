"""Which offset each recent event has on this node: what lies at or before which offset.

A replay reads the table, the tail reads the table's stream, and neither knows of the other. An
event that a replay finds is at or before an offset when

* the tail has delivered it with that offset or a smaller one, or
* it was there before the tail began, so that the tail will never deliver it.

Everything else is in the table already and still on its way through the stream. What was
delivered more than ``KEPT_MS`` ago is forgotten, and told by the time at which it was written:
anything ``SETTLED_MS`` older than the tail's last look at the stream's end has been delivered.

For events written just before the tail began, by other nodes with their own clocks, nothing
tells whether the stream still has them. The first replay of their site decides: it gives them,
and their later delivery, if one comes, is dropped.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from footfall.model import Offset

SETTLED_MS = 60_000
"""No record takes longer through the stream, clocks' differences included."""
KEPT_MS = 300_000
SKEW_MS = 10_000
"""No clock of a writer is further ahead."""
MAX_MINE = 100_000

EventKey: TypeAlias = int
"""Stands for one event; 64 bits of hash, so that a million of them is small."""


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
        """They are written at ``at`` (ms) by this process, so the stream will bring them."""
        for key in keys:
            if key not in self._offsets and key not in self._older:
                if len(self._mine) >= MAX_MINE:
                    del self._mine[next(iter(self._mine))]
                self._mine[key] = at

    def give_up(self, keys: Iterable[EventKey]) -> None:
        """They may not have been written after all."""
        for key in keys:
            self._mine.pop(key, None)

    def undelivered(self) -> set[EventKey]:
        """What this process has written and the stream has not brought yet."""
        return set(self._mine)

    def is_due(self, keys: Iterable[EventKey]) -> bool:
        """Whether any of ``keys`` is still to be brought."""
        return any(key in self._mine for key in keys)

    def deliver(self, key: EventKey, made: int) -> bool:
        """Give it the next offset; False when it has one, or was there before the tail.

        ``made`` is when the stream's record was made (ms).
        """
        self._mine.pop(key, None)
        if made < self._began - SETTLED_MS or key in self._offsets or key in self._older:
            return False
        self.end += 1
        self._offsets[key] = self.end
        return True

    def looked(self, at: int) -> None:
        """The tail had read all that was in the stream at time ``at`` (ms)."""
        self._settled = max(self._settled, at - SETTLED_MS)
        if at - self._rotated >= KEPT_MS:
            self._older, self._offsets, self._rotated = self._offsets, {}, at
        # One that was there already comes through the stream no second time.
        while self._mine and (first := next(iter(self._mine.items())))[1] <= self._settled:
            del self._mine[first[0]]

    def is_first_replay(self, site: str, since: int) -> bool:
        return since < self._replayed.get(site, since + 1)

    def replayed(self, site: str, since: int) -> None:
        """A first replay was read to its end."""
        self._replayed[site] = since

    def select(self, found: Sequence[Found], until: Offset, *, is_first: bool) -> list[bool]:
        """For each whether it is at or before ``until``."""
        return [self._includes(each, until, is_first) for each in found]

    def _includes(self, found: Found, until: Offset, is_first: bool) -> bool:
        key = found.key
        offset = self._offsets.get(key) or self._older.get(key)
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

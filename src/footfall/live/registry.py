"""Open channels by what they show, who opened them, and when each was last read."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from footfall.clock import Timer
from footfall.errors import Overloaded
from footfall.live.channel import Channel
from footfall.live.shares import Shares
from footfall.principal import Holder, Principal

K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Channel)

TRY_AGAIN_LATER = 1013
PUSHED_OUT = "readers with a token need the place of this view: try again later"


class RegistryLimits(msgspec.Struct, frozen=True, kw_only=True):
    places: int
    """For all readers together."""
    linger: float
    """How many seconds a channel stays open after its last reader."""


class _Entry(Generic[C]):
    __slots__ = ("channel", "held", "opener", "read")

    def __init__(self, channel: C, opener: Principal) -> None:
        self.channel = channel
        self.opener = opener
        self.read = 0.0
        """When anybody read it last."""
        self.held = float("-inf")
        """When a reader with a token did."""

    @property
    def is_subscribed(self) -> bool:
        return bool(self.channel.subscribers)

    @property
    def is_subscribed_by_holder(self) -> bool:
        return any(not subscriber.is_stranger for subscriber in self.channel.subscribers)

    def note(self, now: float, caller: Principal) -> None:
        self.read = now
        if isinstance(caller, Holder):
            self.held = now


class Registry(Generic[K, C]):
    """The channels of one site, or the overviews.

    A channel is idle when it has no subscriber and was not read for the linger. When all places
    are taken, the place that was read least recently and has no subscribers is freed for a new
    reader. What readers with a token use is never freed for strangers; for readers with a token,
    one that only strangers are subscribed to is freed if need be.
    """

    def __init__(
        self,
        limits: RegistryLimits,
        place: Callable[[K], Hashable],
        timer: Timer,
        shares: Shares,
    ) -> None:
        """Keys with the same ``place`` share one: a view at several lengths of its lists.
        ``shares`` is common to all registries."""
        self.refused = 0
        """For how many there was no place."""
        self._limits = limits
        self._place = place
        self._timer = timer
        self._shares = shares
        self._entries: dict[K, _Entry[C]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[C]:
        return iter([entry.channel for entry in self._entries.values()])

    def items(self) -> Sequence[tuple[K, C]]:
        return [(key, entry.channel) for key, entry in self._entries.items()]

    def read(self, key: K, caller: Principal) -> C | None:
        """The channel, if it is open; it counts as read now."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.note(self._timer(), caller)
        return entry.channel

    def put(self, key: K, channel: C, caller: Principal) -> None:
        """Add a channel that ``caller`` opened."""
        entry = self._entries[key] = _Entry(channel, caller)
        entry.note(self._timer(), caller)
        self._shares.add(caller)

    def replace(self, key: K, channel: C) -> None:
        """Put another channel in the place of an open one."""
        self._entries[key].channel = channel

    def remove(self, key: K) -> C:
        """Returns the channel, which was open."""
        entry = self._entries.pop(key)
        self._shares.remove(entry.opener)
        return entry.channel

    def make_room(self, key: K, caller: Principal) -> None:
        """Free a place for ``key`` if there is none. Raises Overloaded, RateLimited."""
        self._shares.check(caller)
        places = self._by_place()
        if self._place(key) in places or len(places) < self._limits.places:
            return
        found = self._unread(places, caller)
        if not found and isinstance(caller, Holder):
            found = self._left_to_strangers(places)
        if not found:
            self.refused += 1
            raise Overloaded(
                f"{self._limits.places} different views are being read, the most this server "
                "allows: ask for one of them, try again later, or raise "
                "FOOTFALL_MAX_VIEWS_PER_SITE"
            )
        for freed in min(found, key=self._last_read):
            self.remove(freed).close(TRY_AGAIN_LATER, PUSHED_OUT)

    def close_idle(self) -> bool:
        """Remove the idle channels; returns whether there were any. The time of a channel counts
        from when its last subscriber left."""
        now = self._timer()
        for entry in self._entries.values():
            if entry.is_subscribed:
                entry.read = now
                if entry.is_subscribed_by_holder:
                    entry.held = now
        idle = [
            key
            for key, entry in self._entries.items()
            if not entry.is_subscribed and now - entry.read > self._limits.linger
        ]
        for key in idle:
            self.remove(key)
        return bool(idle)

    def _by_place(self) -> dict[Hashable, list[K]]:
        places: dict[Hashable, list[K]] = defaultdict(list)
        for key in self._entries:
            places[self._place(key)].append(key)
        return places

    def _unread(self, places: dict[Hashable, list[K]], caller: Principal) -> list[list[K]]:
        """The places without subscribers that may be freed for this reader."""
        oldest_held = self._timer() - self._limits.linger
        may_free_held = isinstance(caller, Holder)
        return [
            keys
            for keys in places.values()
            if not any(self._entries[key].is_subscribed for key in keys)
            and (may_free_held or all(self._entries[key].held < oldest_held for key in keys))
        ]

    def _left_to_strangers(self, places: dict[Hashable, list[K]]) -> list[list[K]]:
        return [
            keys
            for keys in places.values()
            if not any(self._entries[key].is_subscribed_by_holder for key in keys)
        ]

    def _last_read(self, keys: list[K]) -> float:
        return max(self._entries[key].read for key in keys)

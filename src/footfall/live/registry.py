"""Open channels by what they show, and when each was last read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from footfall.errors import Overloaded
from footfall.live.channel import Channel

K = TypeVar("K")
C = TypeVar("C", bound=Channel)


class _Entry(Generic[C]):
    __slots__ = ("channel", "read")

    def __init__(self, channel: C, read: float) -> None:
        self.channel = channel
        self.read = read


class Registry(Generic[K, C]):
    """The channels of one group (a site, or the overviews), at most ``cap`` of them.

    A channel is idle when it has no subscriber and was not read for ``linger`` seconds. When the
    registry is full, the channel without subscribers that was read least recently is removed.
    """

    def __init__(self, cap: int, linger: int, timer: Callable[[], float]) -> None:
        self._cap = cap
        self._linger = linger
        self._timer = timer
        self._entries: dict[K, _Entry[C]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[C]:
        return iter([entry.channel for entry in self._entries.values()])

    def read(self, key: K) -> C | None:
        """The channel, if it is open; it counts as read now."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.read = self._timer()
        return entry.channel

    def put(self, key: K, channel: C) -> None:
        self._entries[key] = _Entry(channel, self._timer())

    def make_room(self) -> None:
        """Remove a channel if there is no room for one more. Raises Overloaded."""
        if len(self._entries) < self._cap:
            return
        unread = [(e.read, key) for key, e in self._entries.items() if not e.channel.subscribers]
        if not unread:
            raise Overloaded(
                f"{self._cap} different views are being read, the most this server allows: ask for "
                "one of them, try again later, or raise FOOTFALL_MAX_VIEWS_PER_SITE"
            )
        key = min(unread, key=lambda pair: pair[0])[1]
        del self._entries[key]

    def close_idle(self) -> bool:
        """Remove the idle channels; returns whether there were any. The time of a channel counts
        from when its last subscriber left."""
        now = self._timer()
        for entry in self._entries.values():
            if entry.channel.subscribers:
                entry.read = now
        idle = [
            key
            for key, entry in self._entries.items()
            if not entry.channel.subscribers and now - entry.read > self._linger
        ]
        for key in idle:
            del self._entries[key]
        return bool(idle)

    def remove(self, key: K) -> None:
        del self._entries[key]

    def items(self) -> Sequence[tuple[K, C]]:
        return [(key, entry.channel) for key, entry in self._entries.items()]

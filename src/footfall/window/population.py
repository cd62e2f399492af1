"""The visitors seen within the retention, by the second in which they were last seen."""

from collections import defaultdict
from collections.abc import Collection

from footfall.model import Event
from footfall.window.visitor import Visitor


class Population:
    """Visitors by key, and by the second (since the epoch) in which they were last seen.

    The key is today's hash. An event that also has yesterday's hash links the two: the visitor
    continues under the new hash, and late events with the old one are assigned to it.
    """

    __slots__ = ("_aliases", "_arrivals", "_by_key", "_linked", "_seen")

    def __init__(self) -> None:
        self._by_key: dict[int, Visitor] = {}
        self._seen: defaultdict[int, dict[int, Visitor]] = defaultdict(dict)
        self._arrivals: defaultdict[int, list[Visitor]] = defaultdict(list)
        self._aliases: dict[int, int] = {}
        self._linked: defaultdict[int, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, event: Event) -> Visitor | None:
        key = event.visitor
        return self._by_key.get(self._aliases.get(key, key))

    def add(self, event: Event) -> Visitor:
        key = self._aliases.get(event.visitor, event.visitor)
        visitor = self._by_key[key] = Visitor(key)
        return visitor

    def alias(self, old: int, new: int, second: int) -> bool:
        """Make ``old`` an alias of ``new``; False when it was one already."""
        if old in self._aliases:
            return False
        self._aliases[old] = new
        self._linked[second].append(old)
        return True

    def get(self, key: int) -> Visitor | None:
        """The visitor under exactly this key."""
        return self._by_key.get(key)

    def rename(self, visitor: Visitor, new: int) -> None:
        """``new`` is not known yet."""
        self.remove(visitor)
        visitor.key = new
        self._by_key[new] = self._seen[visitor.seen // 1000][new] = visitor

    def remove(self, visitor: Visitor) -> None:
        del self._by_key[visitor.key]
        del self._seen[visitor.seen // 1000][visitor.key]

    def move(self, visitor: Visitor, before: int, after: int) -> None:
        """Change the second in which the visitor was last seen; ``before`` is -1 for a new one."""
        if before >= 0:
            del self._seen[before][visitor.key]
        self._seen[after][visitor.key] = visitor

    def arrived(self, visitor: Visitor) -> None:
        self._arrivals[visitor.arrived // 1000].append(visitor)

    def last_seen(self, second: int) -> Collection[Visitor]:
        bucket = self._seen.get(second)
        return bucket.values() if bucket is not None else ()

    def past_arrivals(self, second: int) -> list[Visitor]:
        """The visitors whose latest arrival was in ``second``, which has left the retention."""
        arrivals = self._arrivals.pop(second, ())
        return [visitor for visitor in arrivals if visitor.arrived // 1000 == second]

    def expire(self, second: int) -> list[int]:
        """Remove the visitors last seen in ``second``, which has left the retention; returns their
        keys."""
        for old in self._linked.pop(second, ()):
            del self._aliases[old]
        gone = list(self._seen.pop(second, ()))
        for key in gone:
            del self._by_key[key]
        return gone

"""The visitors seen within the retention, by the second in which they were last seen."""

from collections import defaultdict

from footfall.model import Event
from footfall.window.visitor import Visitor


class Population:
    """Visitors by key, and by the second (since the epoch) in which they were last seen.

    The key is today's hash. An event that also has yesterday's hash links the two: the visitor
    continues under the new hash, and late events with the old one are assigned to it.

    A visitor is in the list of each second in which they were the latest to be seen, which costs
    less than deleting them from it; lists are filtered when read.
    """

    __slots__ = ("_aliases", "_arrivals", "_by_key", "_linked", "_seen")

    def __init__(self) -> None:
        self._by_key: dict[int, Visitor] = {}
        self._seen: dict[int, list[Visitor]] = {}
        self._arrivals: defaultdict[int, list[Visitor]] = defaultdict(list)
        self._aliases: dict[int, int] = {}
        self._linked: defaultdict[int, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._by_key)

    def key(self, event: Event) -> int:
        """Of the event's visitor, who may have another since midnight."""
        return self._key(event.visitor)

    def find(self, event: Event) -> Visitor | None:
        return self._by_key.get(self._key(event.visitor))

    def add(self, event: Event) -> Visitor:
        key = self._key(event.visitor)
        visitor = self._by_key[key] = Visitor(key)
        return visitor

    def _key(self, key: int) -> int:
        return self._aliases.get(key, key) if self._aliases else key

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
        del self._by_key[visitor.key]
        visitor.key = new
        self._by_key[new] = visitor

    def remove(self, visitor: Visitor) -> None:
        del self._by_key[visitor.key]
        visitor.seen = -1

    def saw(self, visitor: Visitor, second: int) -> None:
        """The visitor was last seen in ``second``, later than before."""
        bucket = self._seen.get(second)
        if bucket is None:
            bucket = self._seen[second] = []
        bucket.append(visitor)

    def arrived(self, visitor: Visitor) -> None:
        self._arrivals[visitor.arrived // 1000].append(visitor)

    def last_seen(self, second: int) -> list[Visitor]:
        return _still(self._seen.get(second), second)

    def past_arrivals(self, second: int) -> list[Visitor]:
        """The visitors whose latest arrival was in ``second``, which has left the retention."""
        arrivals = self._arrivals.pop(second, ())
        return [visitor for visitor in arrivals if visitor.arrived // 1000 == second]

    def expire(self, second: int) -> list[Visitor]:
        """Remove the visitors last seen in ``second``, which has left the retention; returns
        them."""
        for old in self._linked.pop(second, ()):
            del self._aliases[old]
        gone = _still(self._seen.pop(second, None), second)
        for visitor in gone:
            del self._by_key[visitor.key]
        return gone


def _still(bucket: list[Visitor] | None, second: int) -> list[Visitor]:
    """Those of the second's visitors who were not seen later."""
    if bucket is None:
        return []
    return [visitor for visitor in bucket if visitor.seen // 1000 == second]

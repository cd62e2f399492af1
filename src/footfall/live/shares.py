"""What each stranger's address has opened, on all sites together."""

from collections import Counter
from typing import TypeAlias

from footfall.errors import RateLimited

Stranger: TypeAlias = str | None
"""The network of a reader without a token; None for who holds one."""


LONGEST_REST = 9


class Shares:
    """At most ``most`` channels of one address. ``refused`` counts those it did not get."""

    def __init__(self, most: int) -> None:
        self.refused = 0
        self._most = most
        self._opened: Counter[str] = Counter()

    def check(self, stranger: Stranger) -> None:
        """Raises RateLimited when the address may open no more."""
        if stranger is None or self._opened[stranger] < self._most:
            return
        self.refused += 1
        raise RateLimited(
            f"your address has opened {self._most} views, the most it may: read one of them, use "
            "a token, or wait; a view closes a while after its last reader has left"
        )

    def rest(self, stranger: Stranger) -> int:
        """How many times as long as it works the work for a new channel rests: the more often the
        address has opened one, the longer, so that nobody keeps a server busy with it."""
        return 0 if stranger is None else min(1 + self._opened[stranger], LONGEST_REST)

    def add(self, stranger: Stranger) -> None:
        if stranger is not None:
            self._opened[stranger] += 1

    def remove(self, stranger: Stranger) -> None:
        if stranger is not None:
            self._opened[stranger] -= 1
            if not self._opened[stranger]:
                del self._opened[stranger]

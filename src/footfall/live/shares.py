"""What each stranger's address has opened, on all sites together."""

from collections import Counter

from footfall.errors import RateLimited
from footfall.principal import Principal, Stranger

LONGEST_REST = 9


class Shares:
    """At most ``most`` channels of one address. ``refused`` counts those it did not get."""

    def __init__(self, most: int) -> None:
        self.refused = 0
        self._most = most
        self._opened: Counter[str] = Counter()

    def check(self, caller: Principal) -> None:
        """Raises RateLimited when the address may open no more, NotAuthenticated for a caller who
        may open none."""
        if not isinstance(caller, Stranger):
            return
        caller.require("views")
        if self._opened[caller.network] < self._most:
            return
        self.refused += 1
        raise RateLimited(
            f"your address has opened {self._most} views, the most it may: read one of them, use "
            "a token, or wait; a view closes a while after its last reader has left"
        )

    def rest(self, caller: Principal) -> int:
        """How many times as long as it works the work for a new channel rests: the more often the
        address has opened one, the longer, so that nobody keeps a server busy with it."""
        if not isinstance(caller, Stranger):
            return 0
        return min(1 + self._opened[caller.network], LONGEST_REST)

    def add(self, caller: Principal) -> None:
        if isinstance(caller, Stranger):
            self._opened[caller.network] += 1

    def remove(self, caller: Principal) -> None:
        if isinstance(caller, Stranger):
            self._opened[caller.network] -= 1
            if not self._opened[caller.network]:
                del self._opened[caller.network]

"""Limits the request rate of each address."""

from footfall.errors import RateLimited

BURST_SECONDS = 2
MAX_ADDRESSES = 65_536


class RateLimiter:
    """A token bucket per network address: ``per_second`` tokens a second, bursts of twice that.

    A bucket is one number, the time (ms) at which it is full again (GCRA). When the table is full,
    the least recently used bucket is dropped, so memory is bounded; a dropped address starts again
    with a full bucket.
    """

    def __init__(self, per_second: float, max_addresses: int = MAX_ADDRESSES) -> None:
        self._cost = 1000 / per_second if per_second > 0 else 0.0
        self._burst = max(BURST_SECONDS * 1000, self._cost)
        self._max_addresses = max_addresses
        self._full_at: dict[str, float] = {}
        self.refused = 0

    def take(self, network: str, now: int) -> None:
        """Take one token. Raises RateLimited when there is none. Rate 0 means no limit."""
        if not self._cost:
            return
        full_at = self._full_at.pop(network, 0.0)
        full_at = (full_at if full_at > now else now) + self._cost
        if full_at - now > self._burst:
            self._full_at[network] = full_at - self._cost
            self.refused += 1
            raise RateLimited("too many requests from your address: slow down, then send it again")
        self._full_at[network] = full_at
        if len(self._full_at) > self._max_addresses:
            del self._full_at[next(iter(self._full_at))]

"""Limits how much each address may ask for."""

import time
from collections.abc import Callable

from footfall.collect.address import Address
from footfall.errors import RateLimited

BURST_SECONDS = 2.0
MAX_ADDRESSES = 65_536
ROUNDING_S = 1e-6
"""Sums of tokens are not exact."""


class RateLimiter:
    """A token bucket per network address, which fills with ``per_second`` tokens a second.

    A bucket is one number, the time at which it is full again (GCRA), on a clock that never steps.
    When the table is full, the least recently used bucket is dropped, so memory is bounded; a
    dropped address starts again with a full bucket.
    """

    def __init__(
        self,
        per_second: float,
        burst_seconds: float = BURST_SECONDS,
        timer: Callable[[], float] = time.monotonic,
        max_addresses: int = MAX_ADDRESSES,
    ) -> None:
        """A full bucket holds the tokens of ``burst_seconds``, at least one. Rate 0: no limit."""
        self._token = 1 / per_second if per_second > 0 else 0.0
        self._burst = max(burst_seconds, self._token)
        self._timer = timer
        self._max_addresses = max_addresses
        self._full_at: dict[str, float] = {}
        self.refused = 0

    def charge(self, address: Address, tokens: float = 1.0) -> None:
        """Like ``take``. A proxy that does not tell for whom it asks has no limit."""
        if not address.is_proxy:
            self.take(address.network, tokens)

    def take(self, network: str, tokens: float = 1.0) -> None:
        """Take ``tokens``; the bucket may end below empty, and then nothing can be taken until it
        has filled up again. Raises RateLimited when there is not even one."""
        if not self.try_take(network, tokens):
            self.refused += 1
            raise RateLimited("too many requests from your address: slow down, then send it again")

    def try_take(self, network: str, tokens: float = 1.0) -> bool:
        """Like ``take``, but False when there is none."""
        if not self._token:
            return True
        now = self._timer()
        full_at = max(self._full_at.pop(network, 0.0), now)
        is_taken = full_at + self._token - now <= self._burst + ROUNDING_S
        self._full_at[network] = full_at + self._token * tokens if is_taken else full_at
        if len(self._full_at) > self._max_addresses:
            del self._full_at[next(iter(self._full_at))]
        return is_taken

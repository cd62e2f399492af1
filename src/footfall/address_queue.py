"""Strangers who wait: an address takes part with one of its requests at a time, so that whoever
opens a page with many filters makes nobody wait for all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from footfall.errors import FootfallError

MAX_ADDRESSES = 16
MAX_PER_ADDRESS = 12
"""What one page asks for: what it shows, and that without each of its filters."""


class _Address:
    """The requests of one address, one after the other."""

    __slots__ = ("asked", "lock")

    def __init__(self) -> None:
        self.asked = 0
        self.lock = asyncio.Lock()


class AddressQueue:
    def __init__(self, refusal: Callable[[], FootfallError]) -> None:
        """``refusal`` makes the error for what is too much."""
        self.refused = 0
        self._refusal = refusal
        self._addresses: dict[str, _Address] = {}

    @asynccontextmanager
    async def turn(self, network: str) -> AsyncIterator[None]:
        """Within the context no other request of the address has its turn. Raises the refusal, at
        once, when too many wait."""
        address = self._addresses.get(network) or _Address()
        is_new = network not in self._addresses
        if address.asked >= MAX_PER_ADDRESS or (is_new and len(self._addresses) >= MAX_ADDRESSES):
            self.refused += 1
            raise self._refusal()
        self._addresses[network] = address
        address.asked += 1
        try:
            async with address.lock:
                yield
        finally:
            address.asked -= 1
            if not address.asked:
                del self._addresses[network]

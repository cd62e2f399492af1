"""Who may replay a site's log now: one at a time, and strangers wait behind each other."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from footfall.errors import Overloaded
from footfall.principal import Principal, Stranger

MAX_ADDRESSES = 16
MAX_PER_ADDRESS = 12
"""The views of one page: the one it shows, and one without each of its filters."""

REFUSED = (
    "many new views are being opened, the most this server allows at once: ask for one that is "
    "open, use a token, or try again later"
)


class _Address:
    """The turns that one address waits for, one after the other."""

    __slots__ = ("asked", "lock")

    def __init__(self) -> None:
        self.asked = 0
        self.lock = asyncio.Lock()


class Turns:
    """One replay per site at a time. All strangers together take one turn after the other, so
    whoever holds a token waits for one of theirs at most; and an address takes part with one of
    its own at a time, so whoever opens a page with many views makes nobody wait for all of them."""

    def __init__(self) -> None:
        self._sites: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._strangers = asyncio.Lock()
        self._addresses: dict[str, _Address] = {}
        self.refused = 0

    @asynccontextmanager
    async def of(self, site: str, caller: Principal) -> AsyncIterator[None]:
        """Raises Overloaded when too many strangers are waiting, NotAuthenticated for one who may
        not have the log read."""
        async with AsyncExitStack() as stack:
            if isinstance(caller, Stranger):
                caller.require("views")
                await stack.enter_async_context(self._of_address(caller.network))
                await stack.enter_async_context(self._strangers)
            await stack.enter_async_context(self._sites[site])
            yield

    @asynccontextmanager
    async def _of_address(self, network: str) -> AsyncIterator[None]:
        address = self._addresses.get(network) or _Address()
        is_new = network not in self._addresses
        if address.asked >= MAX_PER_ADDRESS or (is_new and len(self._addresses) >= MAX_ADDRESSES):
            self.refused += 1
            raise Overloaded(REFUSED)
        self._addresses[network] = address
        address.asked += 1
        try:
            async with address.lock:
                yield
        finally:
            address.asked -= 1
            if not address.asked:
                del self._addresses[network]

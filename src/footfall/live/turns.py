"""Who may replay a site's log now: one at a time, and strangers wait behind each other."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from footfall.address_queue import AddressQueue
from footfall.errors import Overloaded
from footfall.principal import Principal, Stranger

REFUSED = (
    "many new views are being opened, the most this server allows at once: ask for one that is "
    "open, use a token, or try again later"
)


class Turns:
    """One replay per site at a time. All strangers together take one turn after the other, so
    whoever holds a token waits for one of theirs at most; and an address takes part with one of
    its own at a time, so whoever opens a page with many views makes nobody wait for all of them."""

    def __init__(self) -> None:
        self._sites: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._strangers = asyncio.Lock()
        self._addresses = AddressQueue(lambda: Overloaded(REFUSED))

    @property
    def refused(self) -> int:
        return self._addresses.refused

    @asynccontextmanager
    async def of(self, site: str, caller: Principal) -> AsyncIterator[None]:
        """Raises Overloaded when too many strangers are waiting, NotAuthenticated for one who may
        not have the log read."""
        async with AsyncExitStack() as stack:
            if isinstance(caller, Stranger):
                caller.require("views")
                await stack.enter_async_context(self._addresses.turn(caller.network))
                await stack.enter_async_context(self._strangers)
            await stack.enter_async_context(self._sites[site])
            yield

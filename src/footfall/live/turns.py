"""Who may replay a site's log now: one at a time, and strangers wait behind each other."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from footfall.errors import Overloaded
from footfall.principal import Principal, Stranger

MAX_STRANGERS = 16
MAX_PER_ADDRESS = 2

REFUSED = (
    "many new views are being opened, the most this server allows at once: ask for one that is "
    "open, use a token, or try again later"
)


class Turns:
    """One replay per site at a time. All strangers together take one turn after the other, so
    whoever holds a token waits for one of theirs at most."""

    def __init__(self) -> None:
        self._sites: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._strangers = asyncio.Lock()
        self._queue: Counter[str] = Counter()
        self.refused = 0

    @asynccontextmanager
    async def of(self, site: str, caller: Principal) -> AsyncIterator[None]:
        """Raises Overloaded when too many strangers are waiting, NotAuthenticated for one who may
        not have the log read."""
        async with AsyncExitStack() as stack:
            if isinstance(caller, Stranger):
                caller.require("views")
                stack.enter_context(self._queued(caller.network))
                await stack.enter_async_context(self._strangers)
            await stack.enter_async_context(self._sites[site])
            yield

    @contextmanager
    def _queued(self, network: str) -> Iterator[None]:
        if self._queue.total() >= MAX_STRANGERS or self._queue[network] >= MAX_PER_ADDRESS:
            self.refused += 1
            raise Overloaded(REFUSED)
        self._queue[network] += 1
        try:
            yield
        finally:
            self._queue -= Counter((network,))

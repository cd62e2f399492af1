"""Deletes what removed sites have left, in the background, whichever process removed them.

Their ids stand in the catalog until nothing is left, so a kill forgets none of them, and a shutdown
need not wait: the next start goes on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from footfall.background import BackgroundTask
from footfall.catalog.cache import CatalogCache
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

SHARE = 0.2
"""Of the time, at most, that a removal keeps the store busy, so that appends get their turn."""
CHECK_S = 5.0
"""Between two looks at a site that has nothing left and whose grace is not over."""


async def in_turns(sweep: Callable[[], Awaitable[int]]) -> AsyncIterator[int]:
    """Sweep until nothing is left, with a pause after each part; yields how much each took."""
    while True:
        start = time.perf_counter()
        swept = await sweep()
        if not swept:
            return
        yield swept
        await asyncio.sleep((time.perf_counter() - start) * (1 / SHARE - 1))


class Sweep:
    def __init__(self, catalog: CatalogCache) -> None:
        self.swept = 0
        self._catalog = catalog
        self._changed = asyncio.Event()
        self.task = BackgroundTask("sweep")

    def start(self) -> None:
        self._catalog.on_change(self._changed.set)
        self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    async def run_once(self) -> None:
        """Sweep until nothing is left for now. Raises StoreUnavailable."""
        if self._catalog.removed:
            async for swept in in_turns(self._catalog.sweep):
                self.swept += swept

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self.run_once()
            except StoreUnavailable as error:
                logger.warning("sweep.failed", error=str(error))
            await self._wait()

    async def _wait(self) -> None:
        """For a change of the catalog; not for long while a removed site has its grace."""
        try:
            async with asyncio.timeout(CHECK_S if self._catalog.removed else None):
                await self._changed.wait()
        except TimeoutError:
            pass

"""A few cursors of one database, each with a thread, for work that may be stopped."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import duckdb

T = TypeVar("T")

AGAIN_S = 0.05
"""Between two interruptions: one that comes between two statements has no effect."""


class CursorPool:
    """``run`` raises what the work does, ``duckdb.Error`` above all."""

    def __init__(
        self, new_cursor: Callable[[], duckdb.DuckDBPyConnection], count: int, name: str
    ) -> None:
        self._count = count
        self._alone = asyncio.Lock()
        self._threads = ThreadPoolExecutor(count, name)
        self._free: asyncio.Queue[duckdb.DuckDBPyConnection] = asyncio.Queue()
        for _ in range(count):
            self._free.put_nowait(new_cursor())

    async def run(
        self,
        work: Callable[[duckdb.DuckDBPyConnection], T],
        stop: asyncio.Event | None = None,
    ) -> T:
        """Once more, alone, when the memory is too small for several. Setting ``stop`` interrupts
        the statement that runs and those that follow."""
        try:
            return await self._try(work, stop)
        except duckdb.OutOfMemoryException:
            pass
        async with self._alone:
            others = [await self._free.get() for _ in range(self._count - 1)]
            try:
                return await self._try(work, stop)
            finally:
                for each in others:
                    self._free.put_nowait(each)

    async def _try(
        self, work: Callable[[duckdb.DuckDBPyConnection], T], stop: asyncio.Event | None
    ) -> T:
        loop = asyncio.get_running_loop()
        cursor = await self._free.get()
        stopper = loop.create_task(_interrupt(cursor, stop)) if stop is not None else None
        try:
            return await loop.run_in_executor(self._threads, work, cursor)
        finally:
            if stopper is not None:
                stopper.cancel()
            self._free.put_nowait(cursor)


async def _interrupt(cursor: duckdb.DuckDBPyConnection, stop: asyncio.Event) -> None:
    await stop.wait()
    while True:
        cursor.interrupt()
        await asyncio.sleep(AGAIN_S)

"""The way of events into DuckDB, in a thread of its own: nothing else waits while it is blocked."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import duckdb
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.archive import arrivals
from footfall.history.archive.problems import STANDS_STILL
from footfall.model import Event

logger = structlog.get_logger()

ENOUGH = 5_000
"""Events that are taken in at once; fewer wait a moment for others."""
MOMENT_S = 1.0
RETRY_S = 1.0
REFUSED = (
    duckdb.DataError,
    duckdb.ProgrammingError,
    duckdb.NotSupportedError,
    ValueError,
    OverflowError,
)
"""It is for what one of the events holds. Whatever else fails has to do with the machine."""

Refuse: TypeAlias = Callable[[Event, str], None]
Change: TypeAlias = Callable[[duckdb.DuckDBPyConnection], None]


class Intake:
    """Use it in one event loop. What waits is bounded by the server, which sends no more than
    ``taken`` allows."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, temporary: Path, refuse: Refuse) -> None:
        """``refuse`` is called with each event that DuckDB does not take, and the reason."""
        self.problem: str | None = None
        """Why nothing can be taken in."""
        self.taken = 0
        """Frames whose events need no memory here any more."""
        self._cursor = cursor
        self._temporary = temporary
        self._refuse = refuse
        self._thread = ThreadPoolExecutor(1, "footfall-arrivals")
        self._lock = asyncio.Lock()
        self._waiting: list[Event] = []
        self._frames = 0
        """Of which what waits is."""
        # Cleared only by who waits for them: others may flush in between.
        self._has_some, self._has_enough = asyncio.Event(), asyncio.Event()

    def add(self, events: Sequence[Event], *, is_urgent: bool = False) -> None:
        """The events of one frame."""
        self._waiting += events
        self._frames += 1
        self._has_some.set()
        if is_urgent or len(self._waiting) >= ENOUGH:
            self._has_enough.set()

    def forget(self, site: str) -> None:
        self._waiting = [each for each in self._waiting if each.site != site]

    async def flush(self) -> None:
        """Returns when all events that were added can be counted. Raises StoreUnavailable when
        they wait on."""
        if self.problem is None:
            await self.try_flush()
        if self.problem is not None:
            raise StoreUnavailable(self.problem, public=STANDS_STILL)

    async def enough(self) -> None:
        """Returns when it is time to flush, or to try it again."""
        if self.problem is not None:
            await asyncio.sleep(RETRY_S)
            return
        await self._has_some.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._has_enough.wait(), MOMENT_S)
        self._has_some.clear()
        self._has_enough.clear()

    async def try_flush(self) -> None:
        """The same as ``flush``; what fails is in ``problem``."""
        async with self._lock:
            events, self._waiting = self._waiting, []
            frames, self._frames = self._frames, 0
            left = [events] if events else []
            try:
                while left:
                    await self._insert(left)
            except (duckdb.OperationalError, OSError) as error:
                self._waiting = [each for part in reversed(left) for each in part] + self._waiting
                self._frames += frames
                self._fail(f"the archive can't take events in: {error}")
            else:
                self.taken += frames
                self._recover()

    async def _insert(self, left: list[list[Event]]) -> None:
        """Insert the last part of ``left``, or replace it by its halves."""
        events = left[-1]
        try:
            await self.change(lambda cursor: arrivals.insert(cursor, events, self._temporary))
        except REFUSED as error:
            left.pop()
            half = len(events) // 2
            if half:
                left += [events[half:], events[:half]]
            else:
                self._refuse(events[0], str(error))
        else:
            left.pop()

    async def change(self, change: Change) -> None:
        """Change what has arrived. Raises ``duckdb.Error`` and OSError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, change, self._cursor)

    def _fail(self, problem: str) -> None:
        if self.problem is None:
            logger.error("archive.takes_nothing", error=problem)
        self.problem = problem

    def _recover(self) -> None:
        if self.problem is not None:
            logger.info("archive.takes_again")
        self.problem = None

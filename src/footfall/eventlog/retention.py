"""Keeps the log as short as was promised: old events, old signals, links between days."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs, EventLog

DAY_MS = 86_400_000
INTERVAL_S = 60.0


class Keep(msgspec.Struct, frozen=True, kw_only=True):
    """How long what is kept."""

    retention_ms: int
    """The longest window. Links to the day before are kept so long, pings and leaves twice."""
    raw_ms: int
    """Page views, custom events, outbound clicks; at least two retentions."""

    def cutoffs(self, now: int) -> Cutoffs:
        signals = 2 * self.retention_ms
        return Cutoffs(
            events=now - max(self.raw_ms, signals),
            signals=now - signals,
            links=now - self.retention_ms,
        )


class Retention:
    """Prunes the log once a minute, in the log's own small steps."""

    def __init__(self, log: EventLog, keep: Keep, clock: Callable[[], int]) -> None:
        """``clock`` gives ms since the epoch."""
        self.pruned = 0
        self.failures = 0
        self._log = log
        self._keep = keep
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def run_once(self) -> int:
        """Prune until nothing is too old; returns how many rows that touched."""
        cutoffs = self._keep.cutoffs(self._clock())
        total = 0
        while touched := await self._log.prune(cutoffs):
            total += touched
            self.pruned += touched
        return total

    async def _run(self) -> None:
        while True:
            try:
                await self.run_once()
            except StoreUnavailable as error:
                self.failures += 1
                structlog.get_logger().warning("retention.failed", error=str(error))
            await asyncio.sleep(INTERVAL_S)

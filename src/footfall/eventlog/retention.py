"""Removes what is too old: events, presence signals, links between days."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs, EventLog

logger = structlog.get_logger()

INTERVAL_S = 60.0
NOTHING = 1 << 62
"""A time that no event has."""


class RetentionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How long each kind of event is kept."""

    retention_ms: int
    """The longest window. Links to the day before are kept this long, pings and leaves twice."""
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
    """Prunes the log once a minute, in small steps, while the clock is to be believed."""

    def __init__(
        self,
        log: EventLog,
        policy: RetentionPolicy,
        clock: Clock,
        is_clock_settled: Callable[[], bool],
        needed_since: Callable[[], int] = lambda: NOTHING,
    ) -> None:
        """``needed_since`` returns the time (ms) from which on the archive still needs events."""
        self.pruned = 0
        self.failures = 0
        self._log = log
        self._policy = policy
        self._clock = clock
        self._is_clock_settled = is_clock_settled
        self._needed_since = needed_since
        self.task = BackgroundTask("retention")

    def start(self) -> None:
        self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    async def run_once(self) -> int:
        """Prune until nothing is too old; returns how many rows changed."""
        total = 0
        # Each step has its own cutoffs: a long purge must not let links outlive their promise.
        while touched := await self._log.prune(self._cutoffs()):
            total += touched
            self.pruned += touched
        return total

    def _cutoffs(self) -> Cutoffs:
        """Links wait for nothing: their end is a promise."""
        cutoffs, needed = self._policy.cutoffs(self._clock()), self._needed_since()
        return msgspec.structs.replace(
            cutoffs, events=min(cutoffs.events, needed), signals=min(cutoffs.signals, needed)
        )

    async def _run(self) -> None:
        while True:
            try:
                if self._is_clock_settled():
                    await self.run_once()
            except StoreUnavailable as error:
                self.failures += 1
                logger.warning("retention.failed", error=str(error))
            await asyncio.sleep(INTERVAL_S)

"""The cutoffs of the retention policy, and the loop that prunes by them."""

import asyncio

import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.errors import StoreUnavailable
from footfall.eventlog import retention
from footfall.eventlog.port import Cutoffs
from footfall.eventlog.retention import Retention, RetentionPolicy
from footfall.times import DAY_MS
from tests.events import event, stored

MINUTE = 60_000
POLICY = RetentionPolicy(retention_ms=30 * MINUTE, raw_ms=30 * DAY_MS)
NOW = 100 * DAY_MS


def test_links_are_kept_for_one_retention_signals_for_two_events_for_days() -> None:
    assert POLICY.cutoffs(NOW) == Cutoffs(
        events=NOW - 30 * DAY_MS, signals=NOW - 60 * MINUTE, links=NOW - 30 * MINUTE
    )


def test_events_that_a_window_may_need_are_kept() -> None:
    policy = RetentionPolicy(retention_ms=30 * MINUTE, raw_ms=0)
    assert policy.cutoffs(NOW).events == NOW - 60 * MINUTE


async def test_one_run_removes_everything_too_old() -> None:
    log = MemoryEventLog()
    old = [event(n, type="ping") for n in range(5_000)]
    await log.append([*old, event(NOW, type="ping")])
    pruning = Retention(log, POLICY, lambda: NOW, lambda: True)
    assert await pruning.run_once() == 5_000
    assert pruning.pruned == 5_000
    assert await stored(log) == [event(NOW, type="ping")]


class FailingLog(MemoryEventLog):
    """Its first prune fails; ``pruned_again`` is set by the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.pruned_again = asyncio.Event()

    async def prune(self, cutoffs: Cutoffs) -> int:
        self.calls += 1
        if self.calls == 1:
            raise StoreUnavailable("the disk is full")
        self.pruned_again.set()
        return await super().prune(cutoffs)


async def test_it_continues_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "INTERVAL_S", 0.001)
    log = FailingLog()
    pruning = Retention(log, POLICY, lambda: NOW, lambda: True)
    pruning.start()
    async with asyncio.timeout(5):
        await log.pruned_again.wait()
    await pruning.stop()
    assert pruning.failures == 1


class WatchedLog(MemoryEventLog):
    def __init__(self) -> None:
        super().__init__()
        self.pruned = asyncio.Event()

    async def prune(self, cutoffs: Cutoffs) -> int:
        self.pruned.set()
        return await super().prune(cutoffs)


async def test_nothing_is_removed_while_the_clock_is_not_to_be_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "INTERVAL_S", 0.001)
    log, settled = WatchedLog(), [False] * 4
    pruned_early = []

    def is_clock_settled() -> bool:
        pruned_early.append(log.pruned.is_set())
        return not settled or settled.pop()

    pruning = Retention(log, POLICY, lambda: NOW, is_clock_settled)
    pruning.start()
    async with asyncio.timeout(5):
        await log.pruned.wait()
    await pruning.stop()
    assert pruned_early == [False] * 5


async def test_stopping_without_a_start_is_fine() -> None:
    await Retention(MemoryEventLog(), POLICY, lambda: NOW, lambda: True).stop()


async def test_a_long_purge_keeps_pace_with_the_clock() -> None:
    """What becomes too old while it runs is removed by the same run."""
    seen: list[int] = []

    class SlowLog(MemoryEventLog):
        async def prune(self, cutoffs: Cutoffs) -> int:
            seen.append(cutoffs.links)
            return 1 if len(seen) < 3 else 0

    times = iter(range(NOW, NOW + 10 * MINUTE, MINUTE))
    await Retention(SlowLog(), POLICY, lambda: next(times), lambda: True).run_once()
    assert seen == [NOW - 30 * MINUTE, NOW - 29 * MINUTE, NOW - 28 * MINUTE]

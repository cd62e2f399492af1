"""Trying a goal: in a thread, for a limited time."""

import threading
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from footfall.errors import InvalidInput
from footfall.goal_trial import BATCH, MAX_SECONDS, GoalTrials
from footfall.model import Event, Goal
from tests.events import event


class Reader:
    """Some of a log, and how much of it was read."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.read_events = 0

    async def read(self, site: str, _who: object) -> AsyncIterator[Event]:
        for number in range(self.events):
            self.read_events += 1
            yield replace(event(number, site=site), path=f"/{number % 2}")


class Timer:
    """Each batch computes for ``step`` seconds."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.threads = set[int]()
        self._step = step

    def __call__(self) -> float:
        self.threads.add(threading.get_ident())
        self.now += self._step
        return self.now


def pattern(value: str) -> Goal:
    return Goal(id="", site_id="a", name="trial", kind="path", match="pattern", value=value)


async def test_all_events_are_compared_outside_the_event_loop() -> None:
    reader, timer = Reader(5 * BATCH + 1), Timer(0.001)
    trials = GoalTrials(reader, timer)  # type: ignore[arg-type]
    assert await trials.count(pattern("^/0$")) == (5 * BATCH) // 2 + 1
    assert timer.threads
    assert threading.get_ident() not in timer.threads


async def test_a_trial_that_computes_too_long_ends_with_a_remedy() -> None:
    reader = Reader(1000 * BATCH)
    trials = GoalTrials(reader, Timer(MAX_SECONDS / 3))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="takes too long") as refusal:
        await trials.count(pattern("^/0$"))
    assert refusal.value.field == "value"
    assert reader.read_events <= 5 * BATCH

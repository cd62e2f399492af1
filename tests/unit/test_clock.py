"""A clock that steps is noticed, and what can't be undone waits."""

import pytest

from footfall.clock import SETTLED_S, ClockWatch


class Machine:
    """A clock that may step (ms) and a timer that does not (s)."""

    def __init__(self) -> None:
        self.ahead = 0
        self.passed = 0.0

    def clock(self) -> int:
        return 1_790_000_000_000 + int(self.passed * 1000) + self.ahead

    def timer(self) -> float:
        return self.passed


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def watch(machine: Machine) -> ClockWatch:
    return ClockWatch(machine.clock, machine.timer)


def test_a_clock_is_believed_after_five_minutes(machine: Machine, watch: ClockWatch) -> None:
    assert not watch.is_settled()
    machine.passed += SETTLED_S
    assert watch.is_settled()


@pytest.mark.parametrize("step", [3_600_000, -3_600_000, 3 * 86_400_000])
def test_a_step_begins_the_wait_again(machine: Machine, watch: ClockWatch, step: int) -> None:
    machine.passed += SETTLED_S
    assert watch.is_settled()
    machine.ahead = step
    assert not watch.is_settled()
    machine.passed += SETTLED_S - 1
    assert not watch.is_settled()
    machine.ahead = 0
    assert not watch.is_settled()
    machine.passed += SETTLED_S
    assert watch.is_settled()


def test_a_slow_correction_is_no_step(machine: Machine, watch: ClockWatch) -> None:
    for _ in range(600):
        machine.passed += 1
        machine.ahead += 1
        watch.is_settled()
    assert watch.is_settled()

"""The system clock. Everything that needs the time takes it as a parameter of type ``Clock``."""

import time
from collections.abc import Callable
from typing import TypeAlias

Timer: TypeAlias = Callable[[], float]
"""Returns seconds since some moment, and never steps."""

Clock: TypeAlias = Callable[[], int]
"""Returns milliseconds since the Unix epoch."""


STEP_MS = 2_000
"""A difference that no correction of a running clock makes between two looks at it."""
SETTLED_S = 300.0


class ClockWatch:
    """Tells whether the clock has run without a step for a while. What can't be undone, like
    removing what is too old, waits for that: a clock that is days ahead for a minute must cost
    nothing."""

    def __init__(self, clock: Clock, timer: Timer = time.monotonic) -> None:
        self._clock = clock
        self._timer = timer
        self._since = timer()
        self._offset = self._measure()

    def is_settled(self) -> bool:
        """Ask at least every few minutes: a step is found when it is looked for."""
        offset = self._measure()
        if abs(offset - self._offset) > STEP_MS:
            self._since = self._timer()
        self._offset = offset
        return self._timer() - self._since >= SETTLED_S

    def _measure(self) -> float:
        return self._clock() - self._timer() * 1000


def now_ms() -> int:
    return time.time_ns() // 1_000_000

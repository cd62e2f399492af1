"""The system clock. Everything that needs the time takes it as a parameter of type ``Clock``."""

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Returns milliseconds since the Unix epoch."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000

"""Units of time, and how documents format times."""

from datetime import UTC, datetime
from functools import lru_cache

MAX_AHEAD_MS = 5_000
"""How far a clock may be ahead of this machine's."""
MINUTE_MS = 60_000
DAY_MS = 86_400_000
VISIT_GAP_MS = 1_800_000
"""Of so much time or more without any event, the next one begins another visit."""


def utc(second: int) -> str:
    """``2026-01-15T10:30:12Z``, from a second since the epoch."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=256)  # every row of every document has some of the same minutes
def utc_minute(minute: int) -> str:
    """``2026-01-15T10:30``, from a minute since the epoch."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M")

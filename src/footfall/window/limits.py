"""The lengths and caps of a window."""

import msgspec

DEDUP_SECONDS = 600
"""An event counts unless its id was seen in this time before it."""

LONGEST_FEED = 100
"""Rows of recent events that a window remembers, and the largest ``limit`` of a reader."""


class WindowLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers are exact up to the ``max_*`` caps; each has a counter in ``Losses``."""

    retention_minutes: int = 30
    presence_seconds: int = 45
    max_visitors: int = 2_000_000
    max_values: int = 10_000
    max_ids: int = 10_000_000
    """Event ids, and as many ids of tab sessions."""

    @property
    def retention(self) -> int:
        """Seconds for which an event can count."""
        return self.retention_minutes * 60

    @property
    def horizon(self) -> int:
        """Seconds of events that rebuild a window exactly: the retention, and before it the time
        in which an earlier event with the same id keeps an event of the retention from counting."""
        return self.retention + DEDUP_SECONDS


class Losses(msgspec.Struct):
    """How often a cap made one window inexact."""

    visitors: int = 0
    """Events of visitors that did not fit: counted as events, not as visitors."""
    values: int = 0
    """Visitors or events shown under ``(other)``."""
    ids: int = 0
    """Events whose id was not remembered, so a repetition would count."""
    sessions: int = 0
    """Signs of tab sessions that did not fit: who has only those is not shown as present."""

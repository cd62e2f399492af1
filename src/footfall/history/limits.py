"""What the archive's process, and each process of reports, may use."""

import msgspec

from footfall.times import DAY_MS

REPORTS_AT_ONCE = 2
"""Of each process of reports; others wait."""


class ArchiveLimits(msgspec.Struct, frozen=True, kw_only=True):
    retention_ms: int
    raw_ms: int = 30 * DAY_MS
    """So long the log keeps events: an archive can be made anew from them."""
    hourly_events: int = 10_000
    """So many events wait: then a site is archived by the hour. Quiet sites are by the day, for few
    files."""
    report_seconds: float = 30.0
    """After which a report is given up."""
    threads: int = 2
    memory_mb: int = 256
    """Of DuckDB; the process needs some 100 MB besides."""
    steps_back: bool = False
    """Whether the process gets the processor only when nobody else wants it."""
    answer_bytes: int = 32 << 20
    """Of a report in JSON."""

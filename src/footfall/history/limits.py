"""What the archive's process may use."""

import msgspec


class ArchiveLimits(msgspec.Struct, frozen=True, kw_only=True):
    retention_ms: int
    hourly_events: int = 10_000
    """So many events wait: then a site is archived by the hour. Quiet sites are by the day, for few
    files."""
    report_seconds: float = 30.0
    """After which a report is given up."""
    threads: int = 2
    memory_mb: int = 256
    """Of DuckDB; the process needs some 100 MB besides."""

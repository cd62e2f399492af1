"""The events of a period, each with its visit, as a file for other programs."""

from pathlib import Path

import duckdb

from footfall.history.archive.database import quote
from footfall.history.reports.question import Export
from footfall.history.reports.report import PeriodReport

ROWS = """
SELECT make_timestamp(e.time * 1000) AS time, e.type, e.host, e.path, e.title, e.name, e.url,
    e.referrer, array_to_string(e.goals, ';') AS goals, e.utm, e.props, e.visitor,
    make_timestamp(e.visit_start * 1000) AS visit_start,
    v.source, v.campaign, v.country, v.device, v.browser, v.os, v.region, v.city, v.entry_path
FROM {events} AS e JOIN {visits} AS v USING (visitor, visit_start)
WHERE e.time >= {begin} AND e.time < {end} AND {condition}
ORDER BY e.time
"""
"""Times are UTC."""


def write(report: PeriodReport, wanted: Export, path: Path) -> None:
    """Raises ``duckdb.Error`` and OSError."""
    how = "FORMAT parquet, COMPRESSION zstd" if wanted.format == "parquet" else "FORMAT csv, HEADER"
    try:
        report.copy(ROWS, wanted.question, f"{quote(str(path))} ({how})")
    except (duckdb.Error, OSError):
        path.unlink(missing_ok=True)
        raise

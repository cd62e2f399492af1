"""The events of a period, each with its visit, as a file for other programs."""

from pathlib import Path

import duckdb

from footfall.history.archive.database import quote
from footfall.history.reports.question import Export
from footfall.history.reports.report import PeriodReport

OF_EVENT = {
    **{name: f"e.{name}" for name in ("type", "host", "path", "title", "name", "url", "referrer")},
    "goals": "array_to_string(e.goals, ';')",
    **{name: f"e.{name}" for name in ("utm", "props")},
}
OF_VISIT = {
    **{name: f"v.{name}" for name in ("source", "campaign", "country", "device", "browser", "os")},
    **{name: f"v.{name}" for name in ("region", "city", "entry_path")},
}
"""Columns of text."""
ROWS = """
SELECT make_timestamp(e.time * 1000) AS time, {of_event}, e.visitor,
    make_timestamp(e.visit_start * 1000) AS visit_start, {of_visit}
FROM {{events}} AS e JOIN {{visits}} AS v USING (visitor, visit_start)
WHERE e.time >= {{begin}} AND e.time < {{end}} AND {{condition}}
ORDER BY e.time
"""
"""Times are UTC."""
RAW = "{0}"
# Spreadsheets take a cell that begins so for a formula, and the texts are those of strangers.
HARMLESS = r"CASE WHEN regexp_matches({0}, '^[-=+@\t\r\n]') THEN '''' || {0} ELSE {0} END"


def write(report: PeriodReport, wanted: Export, path: Path) -> None:
    """Raises ``duckdb.Error`` and OSError."""
    if wanted.format == "parquet":
        rows, how = _rows(RAW), "FORMAT parquet, COMPRESSION zstd"
    else:
        rows, how = _rows(HARMLESS), "FORMAT csv, HEADER"
    try:
        report.copy(rows, wanted.question, f"{quote(str(path))} ({how})")
    except (duckdb.Error, OSError):
        path.unlink(missing_ok=True)
        raise


def _rows(text: str) -> str:
    """``text`` is what is written of a text."""

    def listed(columns: dict[str, str]) -> str:
        return ", ".join(f"{text.format(value)} AS {name}" for name, value in columns.items())

    return ROWS.format(of_event=listed(OF_EVENT), of_visit=listed(OF_VISIT))

"""DuckDB, in memory only: it reads and writes Parquet, and can be killed at any time."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from footfall.history.archive.schema import (
    ARRIVAL,
    ARRIVED,
    EVENTS,
    PEOPLE,
    TOTALS,
    VISITS,
    columns,
)
from footfall.history.limits import ArchiveLimits

TABLES = {
    "arrived": ARRIVED | ARRIVAL,
    "no_arrived": ARRIVED | ARRIVAL,
    "no_events": EVENTS,
    "no_visits": VISITS,
    "no_totals": TOTALS,
    "no_people": PEOPLE,
}
"""``arrived`` has the events that are not in the archive yet; the others stay empty, and give a
query its columns where there is no file yet, or one without a newer column."""


def open_database(temporary: Path, limits: ArchiveLimits) -> duckdb.DuckDBPyConnection:
    """``temporary`` is where it puts what does not fit into its memory."""
    database = duckdb.connect(
        ":memory:",
        config={
            "threads": limits.threads,
            "memory_limit": f"{limits.memory_mb}MB",
            "temp_directory": str(temporary),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # The files never change, and a report reads each several times.
    database.execute("SET parquet_metadata_cache = true")
    for table, schema in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({columns(schema)})")
    database.execute("CREATE SEQUENCE insertions")
    return database


def parquet(paths: Iterable[Path], empty: str) -> str:
    """A relation of all rows of the files; ``empty`` is the table that has its columns."""
    quoted = ", ".join(quote(str(path)) for path in paths)
    if not quoted:
        return f"(FROM {empty})"
    files = f"read_parquet([{quoted}], union_by_name = true, hive_partitioning = false)"
    return f"(FROM {empty} UNION ALL BY NAME FROM {files})"


def drop(cursor: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Drop temporary tables, where they are: their memory is needed."""
    for table in tables:
        cursor.execute(f"DROP TABLE IF EXISTS temp.{table}")


def quote(text: str) -> str:
    """``text`` as SQL."""
    return "'" + text.replace("'", "''") + "'"

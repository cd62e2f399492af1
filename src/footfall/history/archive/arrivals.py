"""The events that are not archived yet, on their way into DuckDB."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import msgspec

from footfall.history.archive.database import quote
from footfall.history.archive.schema import ARRIVED, names
from footfall.model import Event

_encode_lines = msgspec.json.Encoder().encode_lines
_as_json = {**ARRIVED, "utm": "JSON", "props": "JSON"}
_COLUMNS = ", ".join(f"{name}: '{kind}'" for name, kind in _as_json.items())


def insert(cursor: duckdb.DuckDBPyConnection, events: Sequence[Event], temporary: Path) -> None:
    """By way of a file, ``temporary``: no other way into DuckDB is as fast."""
    if not events:
        return
    temporary.write_bytes(_encode_lines([msgspec.structs.asdict(each) for each in events]))
    cursor.execute(
        f"INSERT INTO arrived SELECT {names(ARRIVED)} FROM read_json("
        f"{quote(str(temporary))}, format = 'newline_delimited', columns = {{{_COLUMNS}}})"
    )


def drop(cursor: duckdb.DuckDBPyConnection, archived: Mapping[str, int]) -> None:
    """Drop what is archived: by site, what is before a time (ms). A new table, since deleting
    leaves the memory where it is."""
    rows = ", ".join(f"({quote(site)}, {until})" for site, until in archived.items())
    cursor.execute(
        "CREATE OR REPLACE TABLE arrived AS SELECT arrived.* FROM arrived "
        f"LEFT JOIN (VALUES {rows}) AS archived (site, until) USING (site) "
        "WHERE until IS NULL OR time >= until"
    )

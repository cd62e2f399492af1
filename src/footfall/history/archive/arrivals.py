"""The events that are not archived yet, on their way into DuckDB."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import msgspec

from footfall.history.archive.database import quote
from footfall.history.archive.schema import ARRIVED, names
from footfall.model import Event

PLACE_BITS = 32

_encode_lines = msgspec.json.Encoder().encode_lines
_as_json = {**ARRIVED, "utm": "JSON", "props": "JSON", "place": "BIGINT"}
_COLUMNS = ", ".join(f"{name}: '{kind}'" for name, kind in _as_json.items())
_VALUES = names(ARRIVED).replace('"goals"', "coalesce(goals, []) AS goals")
_Row = msgspec.defstruct(
    "_Row",
    [
        (each.encode_name, each.type, each.default)
        if each.default is not msgspec.NODEFAULT
        else (each.encode_name, each.type)
        for each in msgspec.structs.fields(Event)
    ]
    + [("place", int | None, None)],
    omit_defaults=True,
)
"""An event as an object that has only what the event has: most is not; and its place among those
that are inserted with it."""


def insert(cursor: duckdb.DuckDBPyConnection, events: Sequence[Event], temporary: Path) -> None:
    """By way of a file, ``temporary``: no other way into DuckDB is as fast."""
    if events:
        temporary.write_bytes(encoded(events))
        insert_file(cursor, temporary)


def encoded(events: Sequence[Event]) -> bytes:
    return _encode_lines(
        [_Row(*msgspec.structs.astuple(each), place) for place, each in enumerate(events)]
    )


def insert_file(cursor: duckdb.DuckDBPyConnection, temporary: Path) -> None:
    """What is in a file of ``encoded`` events. Other threads run meanwhile."""
    (number,) = cursor.execute("SELECT nextval('insertions')").fetchone() or (0,)
    cursor.execute(
        f"INSERT INTO arrived SELECT {_VALUES}, {number << PLACE_BITS} + place FROM read_json("
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

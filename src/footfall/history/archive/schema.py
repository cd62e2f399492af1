"""The columns of the archive's files, as ``docs/history.md`` describes them for other readers.

Times are milliseconds since the epoch. Columns are only ever added, at the end: a file without one
reads as null.
"""

VERSION = 2
"""Of the columns' meaning. It grows when a column changes or goes."""

ARRIVED = {
    "site": "VARCHAR",
    "time": "BIGINT",
    "id": "VARCHAR",
    "type": "VARCHAR",
    "visitor": "BIGINT",
    "host": "VARCHAR",
    "path": "VARCHAR",
    "previous_visitor": "BIGINT",
    "sid": "VARCHAR",
    "title": "VARCHAR",
    "name": "VARCHAR",
    "url": "VARCHAR",
    "referrer": "VARCHAR",
    "source": "VARCHAR",
    "campaign": "VARCHAR",
    "country": "VARCHAR",
    "device": "VARCHAR",
    "browser": "VARCHAR",
    "os": "VARCHAR",
    "goals": "VARCHAR[]",
    "utm": "VARCHAR",
    "props": "VARCHAR",
    "region": "VARCHAR",
    "city": "VARCHAR",
}
"""An event as the log has it: the fields of ``model.Event``."""

ARRIVAL = {"arrival": "BIGINT"}
"""Beside them, while they are not archived: their order. Of two with one id and time the first
counts, as in the window."""

EVENTS = {
    "time": "BIGINT",
    "type": "VARCHAR",
    "visitor": "BIGINT",
    "visit_start": "BIGINT",
    "host": "VARCHAR",
    "path": "VARCHAR",
    "title": "VARCHAR",
    "name": "VARCHAR",
    "url": "VARCHAR",
    "referrer": "VARCHAR",
    "goals": "VARCHAR[]",
    "utm": "VARCHAR",
    "props": "VARCHAR",
    "again": "BOOLEAN",
    "first_on_path": "BOOLEAN",
    "first_of_name": "BOOLEAN",
    "first_goals": "VARCHAR[]",
}
"""An event that counts. ``visitor`` and ``visit_start`` name its visit. ``again``: the visit was on
this path before in the same quarter of an hour, so that who only counts visitors can leave it out;
true of each leave. ``first_on_path``: before it, the visitor did nothing on this path;
``first_of_name``: it is their first custom event of this name; ``first_goals``: those of its goals
that they had not reached before."""

VISITS = {
    "visitor": "BIGINT",
    "visit_start": "BIGINT",
    "visit_end": "BIGINT",
    "page_views": "INTEGER",
    "acted": "BOOLEAN",
    "engaged": "BIGINT",
    "entry_path": "VARCHAR",
    "exit_path": "VARCHAR",
    "source": "VARCHAR",
    "campaign": "VARCHAR",
    "country": "VARCHAR",
    "device": "VARCHAR",
    "browser": "VARCHAR",
    "os": "VARCHAR",
    "quarters": "INTEGER[]",
    "active": "BOOLEAN",
    "firsts": "USMALLINT",
    "region": "VARCHAR",
    "city": "VARCHAR",
}
"""A visit that is over. ``acted``: it has a custom event, an outbound click or a goal. ``engaged``:
milliseconds in which a tab was visible. Attributes are those of its first page view, null where
that is not known. ``active``: it did anything but leave, in the ``quarters`` of an hour, counted
from the epoch. ``firsts`` has a bit for each of ``FIRSTS``."""

PEOPLE = {"visitor": "BIGINT", "person": "BIGINT", "day": "BIGINT"}
"""Whose visit spans midnight: ``visitor`` is their hash of the ``day`` (days since the epoch) after
it, ``person`` the one of before, which names them in the other files. Kept only as long as the log
has events with the hash."""

FIRSTS = ("", "source", "campaign", "country", "device", "browser", "os", "region", "city")
"""Bit 0 of ``firsts``: it is the visitor's first visit; bit 1: their first of this source; and so
on. A visit that is not active has none."""

TOTALS = {
    "day": "DATE",
    "dimension": "VARCHAR",
    "value": "VARCHAR",
    "visitors": "BIGINT",
    "visits": "BIGINT",
    "page_views": "BIGINT",
    "bounces": "BIGINT",
    "visit_seconds": "BIGINT",
    "count": "BIGINT",
    "provider": "VARCHAR",
}
"""A day as another product counted it (``model.DayTotals``)."""

QUARTER_MS = 900_000
"""Days and hours of every time zone begin with one."""
ROW_GROUP = 122_880
"""Rows."""


def columns(schema: dict[str, str]) -> str:
    """For CREATE TABLE."""
    return ", ".join(f'"{name}" {kind}' for name, kind in schema.items())


def names(schema: dict[str, str]) -> str:
    """For SELECT."""
    return ", ".join(f'"{name}"' for name in schema)

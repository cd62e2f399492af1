"""Marks what is a visitor's first: their first visit, the first of each source, country and so on,
the first time on a path.

Who counts visitors sums these marks, and need not remember who was there.
"""

from collections.abc import Callable
from typing import TypeAlias

import duckdb

from footfall.history.archive.manifest import Kind
from footfall.history.archive.schema import FIRSTS
from footfall.times import DAY_MS

RelationOf: TypeAlias = Callable[[Kind, int], str]
TABLES = ("persons", "first_paths", "first_names", "first_goals")
"""The temporary tables that ``mark`` makes."""

PERSONS = """
CREATE OR REPLACE TEMP TABLE persons AS
SELECT person AS visitor, min(visit_start) AS since FROM told GROUP BY person
"""
BEFORE = """
SELECT min(visit_start) FROM {visits} SEMI JOIN persons USING (visitor) WHERE visit_end >= {since}
"""
FIRSTS_BY = """
CREATE OR REPLACE TEMP TABLE first_{what} AS
SELECT row, value FROM (
    SELECT arg_min(row, time) AS row, person AS visitor, value
    FROM (SELECT row, time, person, {value} AS value FROM decided WHERE {chosen})
    GROUP BY person, value
) ANTI JOIN (
    SELECT visitor, {archived} AS value FROM {events} SEMI JOIN persons USING (visitor)
    WHERE time >= {since} AND {marked}
) USING (visitor, value)
"""
PATHS = {
    "what": "paths",
    "value": "path",
    "chosen": "type <> 'leave'",
    "archived": "path",
    "marked": "first_on_path",
}
NAMES = {
    "what": "names",
    "value": "name",
    "chosen": "type = 'event' AND name IS NOT NULL",
    "archived": "name",
    "marked": "first_of_name",
}
GOALS = {
    "what": "goals",
    "value": "unnest(goals)",
    "chosen": "len(goals) > 0",
    "archived": "unnest(first_goals)",
    "marked": "len(first_goals) > 0",
}
_values = ", ".join(name for name in FIRSTS if name)
_marks = " + ".join(
    "((visit_start = min(visit_start) OVER (PARTITION BY "
    f"{', '.join(filter(None, ('visitor', name)))}))::INTEGER << {bit})"
    for bit, name in enumerate(FIRSTS)
)
# Most visitors have one visit, which is the first of everything.
VISITS = f"""
CREATE OR REPLACE TEMP TABLE visits AS
WITH known AS (
    SELECT visitor, visit_start, {_values} FROM {{visits}} SEMI JOIN persons USING (visitor)
    WHERE visit_end >= {{since}} AND active
    UNION ALL SELECT visitor, visit_start, {_values} FROM visits WHERE active
),
marked AS (
    SELECT visitor, visit_start, {_marks} AS firsts
    FROM known SEMI JOIN (
        SELECT visitor FROM known GROUP BY visitor HAVING count(*) > 1
    ) USING (visitor)
)
SELECT visits.* REPLACE (
    CASE WHEN active THEN coalesce(marked.firsts, {(1 << len(FIRSTS)) - 1}) ELSE 0 END
        ::USMALLINT AS firsts
)
FROM visits LEFT JOIN marked USING (visitor, visit_start)
"""


def mark(cursor: duckdb.DuckDBPyConnection, archived: RelationOf) -> None:
    """Replace the temporary table ``visits``, and make ``first_paths``, ``first_names`` and
    ``first_goals``: rows of ``decided``, and of what they are the first. ``archived`` returns the
    relation of what is archived of a kind since a time (ms)."""
    cursor.execute(PERSONS)
    since = _since(cursor, archived)
    for each in (PATHS, NAMES, GOALS):
        cursor.execute(FIRSTS_BY.format(**each, events=archived("events", since), since=since))
    cursor.execute(VISITS.format(visits=archived("visits", since), since=since))


def _since(cursor: duckdb.DuckDBPyConnection, archived: RelationOf) -> int:
    """When (ms) the first of these persons was here: whoever was before, has an earlier visit that
    reaches into the UTC day in which the later one begins."""
    (first,) = cursor.execute("SELECT min(since) FROM persons").fetchone() or (None,)
    while first is not None:
        since = int(first) // DAY_MS * DAY_MS
        before = BEFORE.format(visits=archived("visits", since), since=since)
        (first,) = cursor.execute(before).fetchone() or (None,)
        if first is None or first >= since:
            return since
    return 0

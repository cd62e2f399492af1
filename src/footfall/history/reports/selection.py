"""What a report counts, as relations.

Where there are many and no filter, most visitors are counted by the marks of ``archive.firsts``:
those of whom all is archived, and nothing is of before. The others are counted by who they are:
their rows have an ``exact_visitor`` and no marks.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import duckdb
import msgspec

from footfall.history.archive.schema import EVENTS, FIRSTS, QUARTER_MS
from footfall.history.reports.conditions import VISIT_DIMENSIONS, sql
from footfall.history.reports.question import Buckets, Expression, conditions
from footfall.times import DAY_MS

MARKS = ("first_on_path", "first_of_name", "first_goals")
COLUMNS = ", ".join(
    ("time, type, visitor, visit_start, host, path, name, goals, props, again", *MARKS)
)
"""Of events, as far as reports need them."""

NO_MARKS = ", ".join(f"NULL::{EVENTS[each]} AS {each}" for each in MARKS)

# Whoever was here before the period, or is not archived yet; and the time until which or since
# which they act, or visits go on after the period.
EARLY = """
CREATE OR REPLACE TEMP TABLE early AS
SELECT DISTINCT visitor FROM {before} WHERE visit_start < {begin} AND visit_end >= {day}
"""
EXACT = """
CREATE OR REPLACE TEMP TABLE exact AS
FROM early UNION SELECT visitor FROM running_visits WHERE visit_start < {end}
"""
BOUNDS = """
SELECT max(visit_end) FILTER (visitor IN (FROM early)), min(visit_start) FILTER (
    visit_end >= {end} OR visitor IN (SELECT visitor FROM running_visits)
)
FROM {visits} WHERE visit_start < {end} AND visit_end >= {begin}
"""
_edge = """
SELECT rows.* REPLACE ({marks}),
    exact.visitor AS exact_visitor
FROM {relation} AS rows LEFT JOIN exact USING (visitor) WHERE {within} AND
"""
# Of each file only the parts that may have such a time are read.
MARKED = f"""(
SELECT *, NULL::BIGINT AS exact_visitor
FROM {{relation}} WHERE {{inside}} AND {{at}} > {{last}} AND {{at}} < {{first}}
UNION ALL {_edge} {{at}} <= {{last}}
UNION ALL {_edge} {{at}} > {{last}} AND {{at}} >= {{first}}
)"""
BY_VISIT = """(
SELECT visitor, unnest(quarters) AS quarter, unnest([NULL::INTEGER] || quarters[:-2]) AS before
FROM {visits} WHERE visit_start < {end} AND visit_end >= {begin}
)"""
BY_EVENT = "(FROM active WHERE quarter >= {begin} // {quarter} AND quarter <= {end} // {quarter})"

Relations: TypeAlias = Callable[[int], tuple[str, str]]
"""All events and visits of which some may be of a time (ms) or later, archived and running."""


class Selection(msgspec.Struct, frozen=True):
    events: str
    """Those that match, less those that add nothing."""
    visits: str
    """Those that have a matching event."""
    active: Callable[[int, int], str]
    """The quarters of an hour between two times (ms) in which each of these visits has one; and
    ``before``, the one before in the same visit."""


def visitors(mark: str) -> str:
    """SQL for how many visitors there are: ``mark`` is true for the first row of each."""
    return (
        f"(count(*) FILTER ({mark}) + count(DISTINCT exact_visitor) "
        "FILTER (exact_visitor IS NOT NULL))"
    )


def is_first(dimension: str = "") -> str:
    """Of a visit's visitor, with this value of a dimension."""
    return f"firsts & {1 << FIRSTS.index(dimension)} <> 0"


def choose(
    cursor: duckdb.DuckDBPyConnection,
    relations: Relations,
    buckets: Buckets,
    where: Expression | None,
    *,
    by_marks: bool,
) -> Selection:
    """Uses the temporary tables ``early``, ``exact``, ``matching``, ``active``, ``chosen``."""
    is_whole = buckets.begin % QUARTER_MS == buckets.end % QUARTER_MS == 0
    used = {each.dimension for each in conditions(where)}
    counting = "type <> 'leave'"
    if is_whole and used <= VISIT_DIMENSIONS | {"path"}:
        # Whoever is on a page again adds no visitor to a whole quarter of an hour.
        counting = "(NOT again OR type NOT IN ('ping', 'leave'))"
    within = f"time >= {buckets.begin} AND time < {buckets.end} AND {counting}"
    if is_whole and where is None and by_marks:
        return _by_marks(cursor, relations, buckets, within)
    if is_whole and used <= VISIT_DIMENSIONS:
        return _by_visits(relations, buckets, within, where)
    return _by_events(cursor, relations, buckets, within, where)


def condition(where: Expression | None) -> str:
    return sql(where) if where is not None else "true"


def _by_marks(
    cursor: duckdb.DuckDBPyConnection, relations: Relations, buckets: Buckets, within: str
) -> Selection:
    begin, end = buckets.begin, buckets.end
    events, visits = relations(begin)
    day = begin // DAY_MS * DAY_MS
    cursor.execute(EARLY.format(before=relations(day)[1], begin=begin, day=day))
    cursor.execute(EXACT.format(end=end))
    bounds = BOUNDS.format(visits=visits, begin=begin, end=end)
    last, first = cursor.execute(bounds).fetchone() or (None, None)
    last, first = begin - 1 if last is None else last, end if first is None else first
    return Selection(
        events=MARKED.format(
            relation=events,
            at="time",
            inside=within,
            within=within,
            marks=_unless_exact(MARKS),
            last=last,
            first=first,
        ),
        visits=MARKED.format(
            relation=visits,
            at="visit_start",
            inside="active",
            within=_within(buckets),
            marks=_unless_exact(("firsts",)),
            last=last,
            first=first,
        ),
        active=lambda since, until: BY_VISIT.format(visits=visits, begin=since, end=until),
    )


def _by_visits(
    relations: Relations, buckets: Buckets, within: str, where: Expression | None
) -> Selection:
    """Nothing is copied: reading a few columns again takes less than keeping millions of rows."""
    events, visits = relations(buckets.begin)
    chosen = (
        "(SELECT * REPLACE (NULL::USMALLINT AS firsts), visitor AS exact_visitor "
        f"FROM {visits} AS v WHERE {_within(buckets)} AND {condition(where)})"
    )
    of_them = f"SEMI JOIN {chosen} AS v USING (visitor, visit_start)" if where is not None else ""
    return Selection(
        events=f"(SELECT e.* REPLACE ({NO_MARKS}), visitor AS exact_visitor "
        f"FROM {events} AS e {of_them} WHERE {within})",
        visits=chosen,
        active=lambda since, until: BY_VISIT.format(visits=chosen, begin=since, end=until),
    )


def _by_events(
    cursor: duckdb.DuckDBPyConnection,
    relations: Relations,
    buckets: Buckets,
    within: str,
    where: Expression | None,
) -> Selection:
    events, visits = relations(buckets.begin)
    keep = "CREATE OR REPLACE TEMP TABLE"
    cursor.execute(
        f"{keep} matching AS SELECT e.* REPLACE ({NO_MARKS}), visitor AS exact_visitor "
        f"FROM {events} AS e JOIN {visits} AS v USING (visitor, visit_start) "
        f"WHERE {within} AND {condition(where)}"
    )
    cursor.execute(
        f"{keep} active AS SELECT *, lag(quarter) OVER (PARTITION BY visitor, visit_start "
        f"ORDER BY quarter) AS before FROM (SELECT DISTINCT visitor, visit_start, "
        f"time // {QUARTER_MS} AS quarter FROM matching)"
    )
    cursor.execute(
        f"{keep} chosen AS SELECT * REPLACE (NULL::USMALLINT AS firsts), visitor AS exact_visitor "
        f"FROM {visits} SEMI JOIN active USING (visitor, visit_start)"
    )
    return Selection(
        "matching",
        "chosen",
        lambda since, until: BY_EVENT.format(begin=since, end=until, quarter=QUARTER_MS),
    )


def _unless_exact(marks: Iterable[str]) -> str:
    return ", ".join(f"CASE WHEN exact.visitor IS NULL THEN {each} END AS {each}" for each in marks)


def _within(buckets: Buckets) -> str:
    """Of visits: they have a quarter of an hour in the stretch."""
    begin, end = buckets.begin, buckets.end
    return (
        f"visit_start < {end} AND visit_end >= {begin} AND len(list_filter(quarters, "
        f"lambda q : q >= {begin // QUARTER_MS} AND q < {end // QUARTER_MS})) > 0"
    )

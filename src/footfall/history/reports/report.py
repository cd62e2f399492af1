"""Answers a question by counting: every number from the events and visits themselves."""

from itertools import pairwise
from typing import Any, get_args

import duckdb
import msgspec

from footfall.history.archive.database import drop, quote
from footfall.history.archive.schema import EVENTS as EXPORTED
from footfall.history.archive.schema import QUARTER_MS, names
from footfall.history.archive.site import SiteArchive
from footfall.history.archive.visits import BOUNCED, DECIDING, EVENTS_OF, decide
from footfall.history.reports import imported, table
from footfall.history.reports.conditions import VISIT_DIMENSIONS, column, dimensions, sql
from footfall.history.reports.question import (
    BucketCounts,
    Buckets,
    Counted,
    Expression,
    ImportedDays,
    MetricTable,
    Question,
    ReportAnswer,
    TableQuestion,
    Totals,
    VisitDimension,
)
from footfall.window.query import UNKNOWN

BREAKDOWNS = tuple(
    each for each in get_args(VisitDimension) if each not in ("entry_path", "exit_path")
)

TOTALS = f"""
SELECT count(DISTINCT visitor), count(*), {{page_views}},
    count(*) FILTER (begun),
    coalesce(sum(page_views) FILTER (begun), 0)::BIGINT,
    count(*) FILTER (begun AND {BOUNCED}),
    coalesce(sum(visit_end - visit_start) FILTER (begun), 0)::BIGINT,
    coalesce(sum(engaged) FILTER (begun), 0)::BIGINT
FROM (SELECT *, visit_start >= {{begin}} AND visit_start < {{end}} AS begun FROM {{visits}})
"""
SERIES = """
SELECT bucket, count(DISTINCT visitor), count(*)
FROM (
    SELECT DISTINCT bucket, visitor, visit_start FROM {active} JOIN buckets USING (quarter)
)
GROUP BY bucket
"""
VIEWS = """
SELECT bucket, sum(views)::BIGINT
FROM (
    SELECT time // {quarter} AS quarter, count(*) AS views FROM {events} AS e
    WHERE type = 'pageview' GROUP BY quarter
) JOIN buckets USING (quarter) GROUP BY bucket
"""
# Each row of a list is what was counted here and, in "chosen_totals", elsewhere.
BREAKDOWN = """
SELECT value, sum(number)::BIGINT AS number FROM (
    SELECT {value} AS value, count({counting}) AS number FROM {visits} AS v GROUP BY value
    UNION ALL SELECT coalesce(nullif(value, ''), '{unknown}'), {imported}
    FROM chosen_totals WHERE dimension = '{dimension}'
) GROUP BY value ORDER BY number DESC, value LIMIT {limit}
"""
PAGES = """
SELECT path, sum(visitors)::BIGINT AS visitors, sum(views)::BIGINT FROM (
    SELECT path, count(DISTINCT visitor) AS visitors, count(*) FILTER (type = 'pageview') AS views
    FROM {events} GROUP BY path
    UNION ALL SELECT value, visitors, page_views FROM chosen_totals WHERE dimension = 'path'
) GROUP BY path ORDER BY visitors DESC, path LIMIT {limit}
"""
EVENTS = """
SELECT name, sum(number)::BIGINT AS number, sum(visitors)::BIGINT FROM (
    SELECT name, count(*) AS number, count(DISTINCT visitor) AS visitors FROM {events}
    WHERE type = 'event' AND name IS NOT NULL GROUP BY name
    UNION ALL SELECT value, count, visitors FROM chosen_totals WHERE dimension = 'event'
) GROUP BY name ORDER BY number DESC, name LIMIT {limit}
"""
GOALS = """
SELECT goal, sum(number)::BIGINT AS number, sum(visitors)::BIGINT FROM (
    SELECT goal, count(*) AS number, count(DISTINCT visitor) AS visitors
    FROM (SELECT unnest(goals) AS goal, visitor FROM {events} WHERE len(goals) > 0) GROUP BY goal
    UNION ALL SELECT value, count, visitors FROM chosen_totals WHERE dimension = 'goal'
) GROUP BY goal ORDER BY number DESC, goal LIMIT {limit}
"""
PROPERTIES = """
SELECT property, value, count(*) AS number, count(DISTINCT visitor)
FROM (
    SELECT property, json_extract_string(
        props, '/' || replace(replace(property, '~', '~0'), '/', '~1')
    ) AS value, visitor
    FROM (
        SELECT props, visitor, unnest(json_keys(props)) AS property FROM {events}
        WHERE type = 'event' AND name = {name} AND props IS NOT NULL
    )
)
WHERE value IS NOT NULL
GROUP BY property, value ORDER BY number DESC, property, value LIMIT {limit}
"""
COLUMNS = "time, type, visitor, visit_start, host, path, name, goals, props, again"


class Selection(msgspec.Struct, frozen=True):
    """What a report counts, as relations."""

    events: str
    """Those that match, less those that add nothing."""
    visits: str
    """Those that have a matching event."""
    active: str
    """The quarters of an hour in which each of these visits has one."""


class PeriodReport:
    """Counts by one cursor, in its temporary tables, which nobody else uses meanwhile. Raises
    ``duckdb.Error``."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, archive: SiteArchive) -> None:
        """Decide the visits of what is not archived yet."""
        self._cursor = cursor
        self._archive = archive
        archive.prepare(cursor)
        for statement in decide(archive.running()):
            cursor.execute(statement)
        self._keep("running_visits", "FROM visits")
        self._keep("running_events", f"FROM ({EVENTS_OF}) WHERE time >= {archive.manifest.until}")
        drop(cursor, DECIDING)

    def answer(self, question: Question) -> ReportAnswer:
        then = self._count_compared(question) if question.compared is not None else None
        chosen = self._choose(question.buckets, question.where)
        limit, name = question.limit, question.properties_of

        def rows(query: str) -> list[Any]:
            return self._rows(
                query.format(events=chosen.events, limit=limit, name=quote(name or ""))
            )

        def top(dimension: str, counting: str, imported: str) -> list[Any]:
            return self._rows(
                BREAKDOWN.format(
                    value=column(dimension),
                    visits=chosen.visits,
                    counting=counting,
                    dimension=dimension,
                    imported=imported,
                    unknown=UNKNOWN,
                    limit=limit,
                )
            )

        return ReportAnswer(
            imported=self._choose_totals(question.buckets, question.where),
            counted=self._count(question.buckets, chosen),
            compared=then,
            visitors_by={each: top(each, "DISTINCT visitor", "visitors") for each in BREAKDOWNS},
            entry_pages=top("entry_path", "*", "visits"),
            exit_pages=top("exit_path", "*", "visits"),
            pages=rows(PAGES),
            events=rows(EVENTS),
            goals=rows(GOALS),
            properties=rows(PROPERTIES) if name is not None else [],
        )

    def table(self, question: TableQuestion) -> MetricTable:
        chosen = self._choose(question.buckets, question.where)
        self._keep("buckets", _quarters(question.buckets))
        return table.count(question, chosen.events, chosen.visits, self._rows)

    def copy(self, query: str, question: Question, target: str) -> None:
        """Copy to a file what ``query`` finds."""
        events, visits = self._relations(question.buckets, names(EXPORTED))
        rows = query.format(
            events=events,
            visits=visits,
            begin=question.buckets.begin,
            end=question.buckets.end,
            condition=_condition(question.where),
        )
        self._cursor.execute(f"COPY ({rows}) TO {target}")

    def _count_compared(self, question: Question) -> Counted:
        assert question.compared is not None
        whole, where = question.compared, question.where
        self._choose_totals(whole, where)
        counted = self._count(whole, self._choose(whole, where))
        if question.compared_end == whole.end:
            return counted
        part = whole.before(question.compared_end)
        self._choose_totals(part, where)
        return Counted(self._count(part, self._choose(part, where)).totals, counted.series)

    def _count(self, buckets: Buckets, chosen: Selection) -> Counted:
        self._keep("buckets", _quarters(buckets))
        views: dict[int, int] = dict(
            self._rows(VIEWS.format(events=chosen.events, quarter=QUARTER_MS))
        )
        series = [BucketCounts(0, 0, views.get(each, 0)) for each in range(len(buckets.edges) - 1)]
        for bucket, visitors, visits in self._rows(SERIES.format(active=chosen.active)):
            series[bucket] = BucketCounts(visitors, visits, views.get(bucket, 0))
        totals = self._rows(
            TOTALS.format(
                visits=chosen.visits,
                page_views=sum(views.values()),
                begin=buckets.begin,
                end=buckets.end,
            )
        )
        counted = Counted(Totals(*totals[0]), series)
        return imported.add(counted, buckets, self._rows(imported.SUMS))

    def _choose_totals(self, buckets: Buckets, where: Expression | None) -> ImportedDays | None:
        """Make the table ``chosen_totals``: the imported ones that count."""
        totals = self._archive.relation("totals")
        rows = imported.chosen(totals, buckets) if buckets.days else "FROM no_totals"
        self._keep("chosen_totals", rows)
        days = imported.found(self._rows(imported.DAYS)[0], counted=where is None)
        if where is not None:
            self._keep("chosen_totals", "FROM no_totals")
        return days

    def _choose(self, buckets: Buckets, where: Expression | None) -> Selection:
        is_whole = buckets.begin % QUARTER_MS == buckets.end % QUARTER_MS == 0
        events, visits = self._relations(buckets, COLUMNS)
        used = set(dimensions(where))
        counting = "e.type <> 'leave'"
        if is_whole and used <= VISIT_DIMENSIONS | {"path"}:
            # Whoever is on a page again adds no visitor to a whole quarter of an hour.
            counting = "(NOT e.again OR e.type NOT IN ('ping', 'leave'))"
        within = f"e.time >= {buckets.begin} AND e.time < {buckets.end} AND {counting}"
        if is_whole and used <= VISIT_DIMENSIONS:
            return _by_visits(events, within, visits, buckets, where)
        joined = f"SELECT e.* FROM {events} AS e JOIN {visits} AS v USING (visitor, visit_start)"
        self._keep("matching", f"{joined} WHERE {within} AND {_condition(where)}")
        active = f"SELECT DISTINCT visitor, visit_start, time // {QUARTER_MS} AS quarter"
        self._keep("active", f"{active} FROM matching")
        self._keep("chosen", f"FROM {visits} AS v SEMI JOIN active USING (visitor, visit_start)")
        return Selection("matching", "chosen", "active")

    def _relations(self, buckets: Buckets, columns: str) -> tuple[str, str]:
        """Events and visits of which some may be in the stretch, archived and running."""
        archive = self._archive
        events = (
            f"(SELECT {columns} FROM {archive.relation('events', buckets.begin)} "
            f"UNION ALL SELECT {columns} FROM running_events)"
        )
        visits = archive.relation("visits", buckets.begin)
        return events, f"(FROM {visits} UNION ALL FROM running_visits)"

    def _keep(self, table: str, query: str) -> None:
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _rows(self, query: str) -> list[Any]:
        return self._cursor.execute(query).fetchall()


def _by_visits(
    events: str, within: str, visits: str, buckets: Buckets, where: Expression | None
) -> Selection:
    """Nothing is copied: reading a few columns again takes less than keeping millions of rows."""
    begin, end = buckets.begin, buckets.end
    quarters = f"q >= {begin // QUARTER_MS} AND q < {end // QUARTER_MS}"
    chosen = (
        f"(FROM {visits} AS v WHERE visit_start < {end} AND visit_end >= {begin} AND "
        f"len(list_filter(quarters, lambda q : {quarters})) > 0 AND {_condition(where)})"
    )
    active = f"(SELECT visitor, visit_start, unnest(quarters) AS quarter FROM {chosen})"
    of_them = f"SEMI JOIN {chosen} AS v USING (visitor, visit_start)" if where is not None else ""
    return Selection(f"(FROM {events} AS e {of_them} WHERE {within})", chosen, active)


def _condition(where: Expression | None) -> str:
    return sql(where) if where is not None else "true"


def _quarters(buckets: Buckets) -> str:
    """In which bucket each quarter of an hour is."""
    edges = [edge // QUARTER_MS for edge in buckets.edges]
    edges[-1] = -(-buckets.end // QUARTER_MS)
    rows = ", ".join(f"({i}, {b}, {e})" for i, (b, e) in enumerate(pairwise(edges)))
    return (
        "SELECT bucket, unnest(range(first, following)) AS quarter "
        f"FROM (VALUES {rows}) AS edges (bucket, first, following)"
    )

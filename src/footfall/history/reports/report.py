"""Answers a question by counting: every number from the events and visits themselves."""

from itertools import pairwise
from typing import Any, get_args

import duckdb

from footfall.history.archive.database import quote
from footfall.history.archive.schema import EVENTS as EXPORTED
from footfall.history.archive.schema import QUARTER_MS, names
from footfall.history.archive.site import SiteArchive
from footfall.history.archive.visits import EVENTS_OF, decide
from footfall.history.reports import table
from footfall.history.reports.conditions import VISIT_DIMENSIONS, column, dimensions, sql
from footfall.history.reports.question import (
    BucketCounts,
    Buckets,
    Counted,
    Expression,
    Question,
    ReportAnswer,
    Table,
    TableQuestion,
    Totals,
    VisitDimension,
)

BREAKDOWNS = tuple(
    each for each in get_args(VisitDimension) if each not in ("entry_path", "exit_path")
)
BOUNCE_MS = 10_000

# A visit bounces with one page view and nothing else, and less than 10 s engaged.
TOTALS = f"""
SELECT count(DISTINCT visitor), count(*), {{page_views}},
    count(*) FILTER (begun),
    coalesce(sum(page_views) FILTER (begun), 0)::BIGINT,
    count(*) FILTER (begun AND page_views = 1 AND NOT acted AND engaged < {BOUNCE_MS}),
    coalesce(sum(visit_end - visit_start) FILTER (begun), 0)::BIGINT,
    coalesce(sum(engaged) FILTER (begun), 0)::BIGINT
FROM (SELECT *, visit_start >= {{begin}} AND visit_start < {{end}} AS begun FROM chosen)
"""
SERIES = """
SELECT bucket, count(DISTINCT visitor), count(DISTINCT (visitor, visit_start))
FROM active JOIN buckets USING (quarter) GROUP BY bucket
"""
VIEWS = """
SELECT bucket, sum(views)::BIGINT
FROM (
    SELECT time // {quarter} AS quarter, count(*) AS views FROM {matching} AS e
    WHERE type = 'pageview' GROUP BY quarter
) JOIN buckets USING (quarter) GROUP BY bucket
"""
BREAKDOWN = """
SELECT {value} AS value, count({counting}) AS number FROM chosen AS v
GROUP BY value ORDER BY number DESC, value LIMIT {limit}
"""
PAGES = """
SELECT path, count(DISTINCT visitor) AS visitors, count(*) FILTER (type = 'pageview')
FROM {matching} GROUP BY path ORDER BY visitors DESC, path LIMIT {limit}
"""
EVENTS = """
SELECT name, count(*) AS number, count(DISTINCT visitor) FROM {matching}
WHERE type = 'event' AND name IS NOT NULL
GROUP BY name ORDER BY number DESC, name LIMIT {limit}
"""
GOALS = """
SELECT goal, count(*) AS number, count(DISTINCT visitor)
FROM (SELECT unnest(goals) AS goal, visitor FROM {matching} WHERE len(goals) > 0)
GROUP BY goal ORDER BY number DESC, goal LIMIT {limit}
"""
PROPERTIES = """
SELECT property, value, count(*) AS number, count(DISTINCT visitor)
FROM (
    SELECT property, json_extract_string(
        props, '/' || replace(replace(property, '~', '~0'), '/', '~1')
    ) AS value, visitor
    FROM (
        SELECT props, visitor, unnest(json_keys(props)) AS property FROM {matching}
        WHERE type = 'event' AND name = {name} AND props IS NOT NULL
    )
)
WHERE value IS NOT NULL
GROUP BY property, value ORDER BY number DESC, property, value LIMIT {limit}
"""
COLUMNS = "time, type, visitor, visit_start, host, path, name, goals, props, again"


class PeriodReport:
    """Counts in temporary tables of one cursor, which nobody else uses meanwhile. Raises
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

    def answer(self, question: Question) -> ReportAnswer:
        then = self._count_compared(question) if question.compared is not None else None
        counted, matching = self._count(question.buckets, question.where)
        limit, name = question.limit, question.properties_of

        def rows(query: str) -> list[Any]:
            return self._rows(query.format(matching=matching, limit=limit, name=quote(name or "")))

        def top(dimension: str, counting: str) -> list[Any]:
            return self._rows(
                BREAKDOWN.format(value=column(dimension), counting=counting, limit=limit)
            )

        return ReportAnswer(
            counted=counted,
            compared=then,
            visitors_by={each: top(each, "DISTINCT visitor") for each in BREAKDOWNS},
            entry_pages=top("entry_path", "*"),
            exit_pages=top("exit_path", "*"),
            pages=rows(PAGES),
            events=rows(EVENTS),
            goals=rows(GOALS),
            properties=rows(PROPERTIES) if name is not None else [],
        )

    def table(self, question: TableQuestion) -> Table:
        matching = self._choose(question.buckets, question.where)
        self._keep("buckets", _quarters(question.buckets))
        return table.count(question, matching, self._rows)

    def copy(self, query: str, question: Question, target: str) -> None:
        """Copy to a file what ``query`` finds."""
        events, visits = self._relations(question.buckets, names(EXPORTED))
        where = question.where
        rows = query.format(
            events=events,
            visits=visits,
            begin=question.buckets.begin,
            end=question.buckets.end,
            condition=sql(where) if where is not None else "true",
        )
        self._cursor.execute(f"COPY ({rows}) TO {target}")

    def _relations(self, buckets: Buckets, columns: str) -> tuple[str, str]:
        """Events and visits of which some may be in the stretch, archived and running."""
        archive = self._archive
        events = (
            f"(SELECT {columns} FROM {archive.relation('events', buckets.begin)} "
            f"UNION ALL SELECT {columns} FROM running_events)"
        )
        visits = archive.relation("visits", buckets.begin)
        return events, f"(FROM {visits} UNION ALL FROM running_visits)"

    def _count_compared(self, question: Question) -> Counted:
        assert question.compared is not None
        whole, where = question.compared, question.where
        counted, _ = self._count(whole, where)
        if question.compared_end == whole.end:
            return counted
        part, _ = self._count(Buckets((whole.begin, question.compared_end)), where)
        return Counted(part.totals, counted.series)

    def _count(self, buckets: Buckets, where: Expression | None) -> tuple[Counted, str]:
        """And the relation of the events that were counted."""
        matching = self._choose(buckets, where)
        self._keep("buckets", _quarters(buckets))
        views: dict[int, int] = dict(
            self._rows(VIEWS.format(matching=matching, quarter=QUARTER_MS))
        )
        series = [BucketCounts(0, 0, views.get(each, 0)) for each in range(len(buckets.edges) - 1)]
        for bucket, visitors, visits in self._rows(SERIES):
            series[bucket] = BucketCounts(visitors, visits, views.get(bucket, 0))
        totals = self._rows(
            TOTALS.format(page_views=sum(views.values()), begin=buckets.begin, end=buckets.end)
        )
        return Counted(Totals(*totals[0]), series), matching

    def _choose(self, buckets: Buckets, where: Expression | None) -> str:
        """Make ``chosen`` (the visits that have a matching event) and ``active`` (the quarters of
        an hour in which each has one); returns the relation of these events."""
        begin, end = buckets.begin, buckets.end
        is_whole = begin % QUARTER_MS == end % QUARTER_MS == 0
        events, visits = self._relations(buckets, COLUMNS)
        used = set(dimensions(where))
        counting = "e.type <> 'leave'"
        if is_whole and used <= VISIT_DIMENSIONS | {"path"}:
            # Whoever is on a page again adds no visitor to a whole quarter of an hour.
            counting = "(NOT e.again OR e.type NOT IN ('ping', 'leave'))"
        within = f"e.time >= {begin} AND e.time < {end} AND {counting}"
        if is_whole and used <= VISIT_DIMENSIONS:
            self._choose_visits(visits, buckets, where)
            if where is None:
                return f"(FROM {events} AS e WHERE {within})"
            matching = f"FROM {events} AS e SEMI JOIN chosen USING (visitor, visit_start)"
            self._keep("matching", f"{matching} WHERE {within}")
            return "matching"
        condition = sql(where) if where is not None else "true"
        joined = f"SELECT e.* FROM {events} AS e JOIN {visits} AS v USING (visitor, visit_start)"
        self._keep("matching", f"{joined} WHERE {within} AND {condition}")
        self._keep(
            "active",
            f"SELECT DISTINCT visitor, visit_start, time // {QUARTER_MS} AS quarter FROM matching",
        )
        self._keep("chosen", f"FROM {visits} AS v SEMI JOIN active USING (visitor, visit_start)")
        return "matching"

    def _choose_visits(self, visits: str, buckets: Buckets, where: Expression | None) -> None:
        begin, end = buckets.begin, buckets.end
        condition = sql(where) if where is not None else "true"
        self._keep(
            "chosen",
            f"FROM {visits} AS v WHERE visit_start < {end} AND visit_end >= {begin} AND "
            f"len(list_filter(quarters, lambda q : q >= {begin // QUARTER_MS} "
            f"AND q < {end // QUARTER_MS})) > 0 AND {condition}",
        )
        self._keep("active", "SELECT visitor, visit_start, unnest(quarters) AS quarter FROM chosen")

    def _keep(self, table: str, query: str) -> None:
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _rows(self, query: str) -> list[Any]:
        return self._cursor.execute(query).fetchall()


def _quarters(buckets: Buckets) -> str:
    """In which bucket each quarter of an hour is."""
    edges = [edge // QUARTER_MS for edge in buckets.edges]
    edges[-1] = -(-buckets.end // QUARTER_MS)
    rows = ", ".join(f"({i}, {b}, {e})" for i, (b, e) in enumerate(pairwise(edges)))
    return (
        "SELECT bucket, unnest(range(first, following)) AS quarter "
        f"FROM (VALUES {rows}) AS edges (bucket, first, following)"
    )

"""Answers a question by counting: every number from the events and visits themselves."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

import duckdb

from footfall.history.archive.database import quote
from footfall.history.archive.schema import EVENTS as EXPORTED
from footfall.history.archive.schema import QUARTER_MS, names
from footfall.history.archive.snapshot import Snapshot
from footfall.history.archive.visits import BOUNCED
from footfall.history.reports import imported, table
from footfall.history.reports.conditions import column
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
from footfall.history.reports.selection import (
    COLUMNS,
    Selection,
    choose,
    condition,
    is_first,
    visitors,
)
from footfall.times import DAY_MS
from footfall.window.query import UNKNOWN

BREAKDOWNS = tuple(
    each for each in get_args(VisitDimension) if each not in ("entry_path", "exit_path")
)

TOTALS = f"""
SELECT {visitors(is_first())}, count(*), {{page_views}},
    count(*) FILTER (begun),
    coalesce(sum(page_views) FILTER (begun), 0)::BIGINT,
    count(*) FILTER (begun AND {BOUNCED}),
    coalesce(sum(visit_end - visit_start) FILTER (begun), 0)::BIGINT,
    coalesce(sum(engaged) FILTER (begun), 0)::BIGINT
FROM (SELECT *, visit_start >= {{begin}} AND visit_start < {{end}} AS begun FROM {{visits}})
"""
SERIES = """
SELECT bucket, count(DISTINCT visitor), count(*)
FROM {active} JOIN buckets USING (quarter)
WHERE bucket BETWEEN {first} AND {last} AND (before IS NULL OR before < buckets.first)
GROUP BY bucket
"""
MANY_VISITS = 500_000
"""Of fewer it is faster to keep all visitors in mind."""
AT_ONCE_MS = 31 * DAY_MS
"""Of so much time of a series the visitors are kept in mind at once."""
VIEWS = f"""
SELECT bucket, sum(views)::BIGINT
FROM (
    SELECT time // {QUARTER_MS} AS quarter, count(*) AS views FROM {{events}}
    WHERE type = 'pageview' GROUP BY quarter
) JOIN buckets USING (quarter) GROUP BY bucket
"""
# Each row of a list is what was counted here and, in "chosen_totals", elsewhere.
BREAKDOWN = """
SELECT value, sum(number)::BIGINT AS number FROM (
    SELECT {value} AS value, {counting} AS number FROM {visits} AS v GROUP BY value
    UNION ALL SELECT coalesce(nullif(value, ''), '{unknown}'), {imported}
    FROM chosen_totals WHERE dimension = '{dimension}'
) GROUP BY value ORDER BY number DESC, value LIMIT {limit}
"""
PAGES = f"""
SELECT path, sum(visitors)::BIGINT AS visitors, sum(views)::BIGINT FROM (
    SELECT path, {visitors("first_on_path")} AS visitors,
        count(*) FILTER (type = 'pageview') AS views
    FROM {{events}} WHERE type = 'pageview' OR first_on_path OR exact_visitor IS NOT NULL
    GROUP BY path
    UNION ALL SELECT value, visitors, page_views FROM chosen_totals WHERE dimension = 'path'
) GROUP BY path ORDER BY visitors DESC, path LIMIT {{limit}}
"""
EVENTS = f"""
SELECT name, sum(number)::BIGINT AS number, sum(visitors)::BIGINT FROM (
    SELECT name, count(*) AS number, {visitors("first_of_name")} AS visitors FROM {{events}}
    WHERE type = 'event' AND name IS NOT NULL GROUP BY name
    UNION ALL SELECT value, count, visitors FROM chosen_totals WHERE dimension = 'event'
) GROUP BY name ORDER BY number DESC, name LIMIT {{limit}}
"""
GOALS = f"""
SELECT goal, sum(number)::BIGINT AS number, sum(visitors)::BIGINT FROM (
    SELECT goal, count(*) AS number,
        {visitors("list_contains(first_goals, goal)")} AS visitors
    FROM (
        SELECT unnest(goals) AS goal, first_goals, exact_visitor FROM {{events}}
        WHERE type IN ('pageview', 'event') AND len(goals) > 0
    ) GROUP BY goal
    UNION ALL SELECT value, count, visitors FROM chosen_totals WHERE dimension = 'goal'
) GROUP BY goal ORDER BY number DESC, goal LIMIT {{limit}}
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


class PeriodReport:
    """Counts by one cursor, in its temporary tables, which nobody else uses meanwhile. Raises
    ``duckdb.Error``."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
        self._cursor = cursor
        self._archive = snapshot
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW running_events AS {snapshot.events}")
        self._keep("running_visits", snapshot.visits)
        self._quarters = self._quarters_with_events()

    def answer(self, question: Question) -> ReportAnswer:
        then = self._count_compared(question) if question.compared is not None else None
        chosen = self._choose(question.buckets, question.where)
        days = self._choose_totals(question.buckets, question.where)
        views = self._views(question.buckets, chosen)
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
            imported=days,
            counted=Counted(
                self._totals(question.buckets, chosen, views),
                self._series(question.buckets, chosen, views),
            ),
            compared=then,
            visitors_by={
                each: top(each, visitors(is_first(each)), "visitors") for each in BREAKDOWNS
            },
            entry_pages=top("entry_path", "count(*)", "visits"),
            exit_pages=top("exit_path", "count(*)", "visits"),
            pages=rows(PAGES),
            events=rows(EVENTS),
            goals=rows(GOALS),
            properties=rows(PROPERTIES) if name is not None else [],
        )

    def table(self, question: TableQuestion) -> MetricTable:
        chosen = self._choose(question.buckets, question.where)
        self._keep_buckets(question.buckets)
        return table.count(question, chosen.events, chosen.visits, self._rows)

    def copy(self, query: str, question: Question, target: str) -> None:
        """Copy to a file what ``query`` finds."""
        events, visits = self._relations(question.buckets.begin, names(EXPORTED))
        rows = query.format(
            events=events,
            visits=visits,
            begin=question.buckets.begin,
            end=question.buckets.end,
            condition=condition(question.where),
        )
        self._cursor.execute(f"COPY ({rows}) TO {target}")

    def _count_compared(self, question: Question) -> Counted:
        assert question.compared is not None
        whole, where = question.compared, question.where
        self._choose_totals(whole, where)
        chosen = self._choose(whole, where)
        views = self._views(whole, chosen)
        series = self._series(whole, chosen, views)
        if question.compared_end == whole.end:
            return Counted(self._totals(whole, chosen, views), series)
        part = whole.before(question.compared_end)
        self._choose_totals(part, where)
        chosen = self._choose(part, where)
        return Counted(self._totals(part, chosen, self._views(part, chosen)), series)

    def _views(self, buckets: Buckets, chosen: Selection) -> dict[int, int]:
        """Of each bucket that has any. Makes the table ``buckets``."""
        self._keep_buckets(buckets)
        return dict(self._rows(VIEWS.format(events=chosen.events)))

    def _totals(self, buckets: Buckets, chosen: Selection, views: dict[int, int]) -> Totals:
        totals = TOTALS.format(
            visits=chosen.visits,
            page_views=sum(views.values()),
            begin=buckets.begin,
            end=buckets.end,
        )
        return imported.add(Totals(*self._rows(totals)[0]), self._rows(imported.SUMS))

    def _series(
        self, buckets: Buckets, chosen: Selection, views: dict[int, int]
    ) -> list[BucketCounts]:
        series = [BucketCounts(0, 0, views.get(each, 0)) for each in range(len(buckets.edges) - 1)]
        for first, last in self._stretches(buckets.edges):
            active = chosen.active(buckets.edges[first], buckets.edges[last + 1])
            for bucket, people, visits in self._rows(
                SERIES.format(active=active, first=first, last=last)
            ):
                series[bucket] = BucketCounts(people, visits, views.get(bucket, 0))
        return imported.add_to_series(series, buckets, self._rows(imported.SUMS))

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
        def relations(since: int) -> tuple[str, str]:
            return self._relations(since, COLUMNS)

        by_marks = self._archive.rows("visits", buckets.begin) >= MANY_VISITS
        return choose(self._cursor, relations, buckets, where, by_marks=by_marks)

    def _relations(self, since: int, columns: str) -> tuple[str, str]:
        """Events and visits of which some may be of ``since`` or later, archived and running."""
        archive = self._archive
        events = (
            f"(SELECT {columns} FROM {archive.relation('events', since)} "
            f"UNION ALL SELECT {columns} FROM running_events)"
        )
        visits = archive.relation("visits", since)
        return events, f"(FROM {visits} UNION ALL FROM running_visits)"

    def _keep(self, table: str, query: str) -> None:
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _rows(self, query: str) -> list[Any]:
        return self._cursor.execute(query).fetchall()

    def _quarters_with_events(self) -> range:
        """The quarters of an hour from the first in which anything was to the last: a question may
        be about centuries."""
        files = self._archive.manifest.of_kind("events")
        ends = self._rows("SELECT min(time), max(time) FROM running_events")[0]
        begins = [each.since for each in files] + [each for each in ends[:1] if each is not None]
        lasts = [each.until for each in files] + [each for each in ends[1:] if each is not None]
        if not begins:
            return range(0)
        return range(min(begins) // QUARTER_MS, max(lasts) // QUARTER_MS + 1)

    def _keep_buckets(self, buckets: Buckets) -> None:
        """Make the table ``buckets``: in which bucket each quarter of an hour is that may have
        events, and the first of this bucket."""
        edges = [edge // QUARTER_MS for edge in buckets.edges]
        edges[-1] = -(-buckets.end // QUARTER_MS)
        known, rows = self._quarters, []
        for number, (begin, end) in enumerate(pairwise(edges)):
            first, following = max(begin, known.start), min(end, known.stop)
            if first < following:
                rows.append(f"({number}, {begin}, {first}, {following})")
        self._keep(
            "buckets",
            "SELECT bucket, first, unnest(range(since, following)) AS quarter "
            f"FROM (VALUES {', '.join(rows) or '(0, 0, 0, 0)'}) "
            "AS edges (bucket, first, since, following)",
        )

    def _stretches(self, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
        """The first and the last bucket of stretches as long as ``AT_ONCE_MS`` allows, or one
        bucket each; only of buckets that may have events."""
        begin, end = (each * QUARTER_MS for each in (self._quarters.start, self._quarters.stop))
        first, buckets = max(0, bisect_right(edges, begin) - 1), bisect_left(edges, end)
        buckets = min(buckets, len(edges) - 1)
        for bucket in range(first + 1, buckets):
            if edges[bucket + 1] - edges[first] > AT_ONCE_MS:
                yield first, bucket - 1
                first = bucket
        if first < buckets:
            yield first, buckets - 1

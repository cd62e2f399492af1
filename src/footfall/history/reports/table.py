"""A table of metrics by any dimensions: each group of events, and the visits that it belongs to."""

from collections.abc import Callable
from typing import Any

from footfall.history.archive.schema import QUARTER_MS
from footfall.history.archive.visits import BOUNCED
from footfall.history.reports.conditions import column
from footfall.history.reports.question import MetricTable, TableQuestion

METRICS = {
    "visitors": "count(DISTINCT visitor)",
    "visits": "count(*)",
    "pageviews": "sum(views)::BIGINT",
    "events": "sum(events)::BIGINT",
    "bounce_rate": f"100.0 * avg(({BOUNCED})::INTEGER) FILTER (begun)",
    "visit_duration": "avg(lasted) FILTER (begun) / 1000",
    "views_per_visit": "avg(page_views) FILTER (begun)",
}
"""Over the visits of a group; means are over those that began in the stretch."""

GROUPS = """
WITH per_visit AS (
    SELECT {keys} e.visitor, e.visit_start,
        count(*) FILTER (e.type = 'pageview') AS views,
        count(*) FILTER (e.type <> 'ping') AS events,
        any_value(v.page_views) AS page_views, any_value(v.acted) AS acted,
        any_value(v.engaged) AS engaged, any_value(v.visit_end - v.visit_start) AS lasted,
        any_value(v.visit_start >= {begin} AND v.visit_start < {end}) AS begun
    FROM {source} AS e JOIN {visits} AS v USING (visitor, visit_start)
    {buckets}
    WHERE {present}
    GROUP BY ALL
)
SELECT {names} {metrics} FROM per_visit GROUP BY {by}
"""


def count(
    question: TableQuestion, events: str, visits: str, rows: Callable[[str], list[Any]]
) -> MetricTable:
    """``events`` and ``visits`` are the relations of what counts."""
    keys = [f"k{number}" for number in range(len(question.dimensions))]
    source, present = events, []
    selected = []
    for key, dimension in zip(keys, question.dimensions, strict=True):
        if dimension == "goal":
            source = f"(SELECT *, unnest(goals) AS goal FROM {source} WHERE len(goals) > 0)"
            selected.append(f"e.goal AS {key}")
        elif dimension == "time":
            selected.append(f"bucket AS {key}")
        else:
            value = column(dimension)
            selected.append(f"{value} AS {key}")
            if dimension == "event" or dimension.startswith("props:"):
                present.append(f"coalesce({value}, '') <> ''")
    query = GROUPS.format(
        keys="".join(f"{each}, " for each in selected),
        names="".join(f"{key}, " for key in keys),
        metrics=", ".join(METRICS[each] for each in question.metrics),
        source=source,
        visits=visits,
        begin=question.buckets.begin,
        end=question.buckets.end,
        buckets=f"JOIN buckets ON quarter = e.time // {QUARTER_MS}"
        if "time" in question.dimensions
        else "",
        present=" AND ".join(present) or "true",
        by=", ".join(keys) or "()",
    )
    order = [
        f"{place + 1} {'DESC NULLS LAST' if descending else 'ASC NULLS FIRST'}"
        for place, descending in question.order
    ]
    order += [str(number + 1) for number in range(len(keys))]
    ordered = f"ORDER BY {', '.join(order)}" if order else ""
    found = rows(f"{query} {ordered} LIMIT {question.limit} OFFSET {question.offset}")
    total = rows(f"SELECT count(*) FROM ({query})")[0][0] if keys else len(found)
    return MetricTable(rows=[list(row) for row in found], total=total)

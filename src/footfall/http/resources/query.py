"""``POST /api/v2/query``: reports in the shape of Plausible's Stats API v2, for its clients.

What there is has their names; what there is not is refused with 400 and said.
"""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec
from starlette.responses import Response

from footfall.errors import InvalidInput
from footfall.history.reports.asked import TableShape
from footfall.history.reports.question import Dimension, Expression, Metric
from footfall.history.reports.rows import QueryRow
from footfall.history.stats import StatsQuery
from footfall.http.framework.operation import Call, Operation
from footfall.http.resources.query_filters import (
    DIMENSIONS,
    PROPERTY,
    dimension,
    of_visits,
    read_filters,
    unknown,
)
from footfall.http.serving.disconnect import while_connected
from footfall.http.serving.paced_reply import PacedReply
from footfall.model import Interval, PeriodName
from footfall.principal import Cost

INTERVALS: dict[str, Interval | None] = {
    "time": None,
    "time:hour": "hour",
    "time:day": "day",
    "time:week": "week",
    "time:month": "month",
}
PERIODS: dict[str, PeriodName] = {
    "day": "today",
    "24h": "24h",
    "7d": "7d",
    "28d": "28d",
    "30d": "30d",
    "90d": "90d",
    "month": "month",
    "12mo": "12mo",
    "year": "year",
    "all": "all",
}
SHARES = ("percentage", "conversion_rate")
"""Metrics that relate a row's visitors to all: of the filter, and of its part on visits."""
MAX_LIMIT = 10_000
COSTS = Cost(rate="reads", reports=1, body_bytes=16 * 1024, seconds=60)
MAX_OFFSET = 1_000_000_000
MAX_NAMES = 10
"""Metrics, dimensions or orders of one query."""


class Include(msgspec.Struct, frozen=True):
    time_labels: bool = False
    total_rows: bool = False
    imports: bool = False
    """Daily totals of other products have no part in answers; with this, ``meta`` says so."""


class Pagination(msgspec.Struct, frozen=True):
    limit: int = MAX_LIMIT
    offset: int = 0


class QueryBody(msgspec.Struct, frozen=True, kw_only=True):
    """``date_range`` is a name or two dates, or dates and times; ``filters`` are
    ``["is", "visit:source", ["Google"]]`` and combinations by ``and``, ``or`` and ``not``."""

    site_id: str
    metrics: list[str]
    date_range: str | list[str]
    dimensions: list[str] = []
    filters: list[Any] = []
    order_by: list[tuple[str, str]] = []
    include: Include = Include()
    pagination: Pagination = Pagination()


class QueryAnswer(msgspec.Struct):
    results: list[QueryRow]
    meta: dict[str, Any]
    query: QueryBody


async def query(call: Call) -> Response:
    body: QueryBody = call.body
    services = call.services
    site = services.site(body.site_id)
    call.access.require_history(site)
    _check_names(body)
    asked = _asked(body)
    shape = _shape(body, asked.where)
    caller = call.caller(site)
    work = services.stats.table(site, asked, shape, services.now(), caller)
    body_of_answer = await while_connected(call.request.receive, work)
    return PacedReply(body_of_answer, services.answers, caller)


def _check_names(body: QueryBody) -> None:
    """Each name costs work for every row, so it may be there once."""
    ordered = [name for name, _ in body.order_by]
    names = {"metrics": body.metrics, "dimensions": body.dimensions, "order_by": ordered}
    for field, given in names.items():
        if len(given) > MAX_NAMES:
            raise InvalidInput(f"{field} has more than {MAX_NAMES}: name fewer", field=field)
        if len({*given}) < len(given):
            raise InvalidInput(f"{field} has a name twice: name each once", field=field)
    if not body.metrics:
        raise InvalidInput("name at least one metric", field="metrics")


def _asked(body: QueryBody) -> StatsQuery:
    intervals = [each for each in body.dimensions if each in INTERVALS]
    if len(intervals) > 1:
        raise InvalidInput("only one dimension of time at once", field="dimensions")
    interval = INTERVALS[intervals[0]] if intervals else None
    where = read_filters(body.filters)
    if isinstance(body.date_range, str):
        if body.date_range not in PERIODS:
            raise unknown("date_range", body.date_range, tuple(PERIODS))
        return StatsQuery(period=PERIODS[body.date_range], interval=interval, where=where)
    if len(body.date_range) != 2:
        raise InvalidInput("date_range must be a name, or a list of two", field="date_range")
    begin, end = body.date_range
    return StatsQuery(period="custom", begin=begin, end=end, interval=interval, where=where)


def _shape(body: QueryBody, where: Expression | None) -> TableShape:
    pages = body.pagination
    if not (1 <= pages.limit <= MAX_LIMIT and 0 <= pages.offset <= MAX_OFFSET):
        raise InvalidInput(
            f"limit must be from 1 to {MAX_LIMIT:,}, offset from 0 to {MAX_OFFSET:,}",
            field="pagination",
        )
    alls = {"percentage": where, "conversion_rate": of_visits(where)}
    has_time = any(each in INTERVALS for each in body.dimensions)
    return TableShape(
        metrics=_metrics(body),
        shown=tuple(body.metrics),
        shares=tuple((share, alls[share]) for share in SHARES if share in body.metrics),
        dimensions=tuple(_dimension(each) for each in body.dimensions),
        order=tuple(_order(body)),
        limit=pages.limit,
        offset=pages.offset,
        time_labels=body.include.time_labels and has_time,
        total_rows=body.include.total_rows,
        imports=body.include.imports,
        query=msgspec.json.encode(body),
    )


def _metrics(body: QueryBody) -> tuple[Metric, ...]:
    """Those to count: shares are made of visitors."""
    known: tuple[Metric, ...] = get_args(Metric)
    for each in body.metrics:
        if each not in known and each not in SHARES:
            raise unknown("metrics", each, (*known, *SHARES))
    counted = {"visitors" if each in SHARES else each for each in body.metrics}
    return tuple(each for each in known if each in counted)


def _order(body: QueryBody) -> Sequence[tuple[int, bool]]:
    places = {name: number for number, name in enumerate(body.dimensions)}
    for number, metric in enumerate(_metrics(body)):
        places[metric] = len(body.dimensions) + number
    for share in SHARES:
        if share in body.metrics:
            places[share] = places["visitors"]
    order = []
    for name, direction in body.order_by:
        if name not in places or direction not in ("asc", "desc"):
            raise InvalidInput(
                f"order_by has {name[:80]!r}, {direction[:80]!r}: name one of the query's own "
                "metrics and dimensions, and asc or desc",
                field="order_by",
            )
        order.append((places[name], direction == "desc"))
    if not order and any(each in INTERVALS for each in body.dimensions):
        return [(places[next(each for each in body.dimensions if each in INTERVALS)], False)]
    return order or [(len(body.dimensions), True)]


def _dimension(name: str) -> Dimension:
    if name in INTERVALS:
        return "time"
    found = dimension(name)
    if found is None:
        raise unknown("dimensions", name, (*DIMENSIONS, PROPERTY + "…", *INTERVALS))
    return found


OPERATIONS = (
    Operation(
        method="POST",
        path="/api/v2/query",
        name="query",
        summary="Metrics by dimensions, in the shape of Plausible's Stats API v2",
        handler=query,
        needs="own check",
        costs=COSTS,
        body=QueryBody,
        answer=QueryAnswer,
        refusals=(400, 401, 403, 404, 429, 501, 503),
    ),
)

"""``POST /api/v2/query``: reports in the shape of Plausible's Stats API v2, for its clients.

What there is has their names; what there is not is refused with 400 and said.
"""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import re2
from starlette.responses import Response

from footfall.errors import InvalidInput
from footfall.history.reports.question import (
    AllOf,
    AnyOf,
    Condition,
    Dimension,
    Expression,
    Metric,
    MetricTable,
    Not,
    Operator,
)
from footfall.history.stats import StatsQuery, Wanted
from footfall.http.framework.operation import Call, Operation, json_reply
from footfall.http.serving.disconnect import while_connected
from footfall.model import Interval, PeriodName

DIMENSIONS: dict[str, Dimension] = {
    "event:page": "path",
    "event:hostname": "host",
    "event:name": "event",
    "event:goal": "goal",
    "visit:source": "source",
    "visit:utm_campaign": "campaign",
    "visit:country": "country",
    "visit:device": "device",
    "visit:browser": "browser",
    "visit:os": "os",
    "visit:region_name": "region",
    "visit:city_name": "city",
    "visit:entry_page": "entry_path",
    "visit:exit_page": "exit_path",
}
PROPERTY = "event:props:"
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
"""Metrics that relate a row's visitors to all: of the filter, and without its goals and pages."""
OPERATORS: dict[str, Operator] = {"is": "is", "contains": "contains", "matches": "matches"}
MAX_LIMIT = 10_000
MAX_DEPTH = 10


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


class QueryRow(msgspec.Struct):
    dimensions: list[str]
    metrics: list[float | int | None]


class QueryAnswer(msgspec.Struct):
    results: list[QueryRow]
    meta: dict[str, Any]
    query: QueryBody


async def query(call: Call) -> Response:
    body: QueryBody = call.body
    services = call.services
    site = services.site(body.site_id)
    call.access.require_history(site)
    asked, wanted = _asked(body), _wanted(body)

    async def run() -> QueryAnswer:
        caller, now = call.access.principal, services.now()
        table, labels = await services.stats.table(site, asked, wanted, now, caller)
        alls: dict[str, int] = {}
        for share in set(SHARES) & set(body.metrics):
            of = asked if share == "percentage" else _without_acts(asked)
            total = Wanted(metrics=("visitors",))
            found, _ = await services.stats.table(site, of, total, now, caller)
            alls[share] = found.rows[0][0]
        return _answer(body, table, labels, alls)

    return json_reply(await while_connected(call.request.receive, run()))


def _asked(body: QueryBody) -> StatsQuery:
    intervals = [each for each in body.dimensions if each in INTERVALS]
    if len(intervals) > 1:
        raise InvalidInput("only one dimension of time at once", field="dimensions")
    interval = INTERVALS[intervals[0]] if intervals else None
    conditions = [_expression(each, 0) for each in body.filters]
    where = AllOf(tuple(conditions)) if conditions else None
    if isinstance(body.date_range, str):
        if body.date_range not in PERIODS:
            raise _refusal("date_range", body.date_range, PERIODS)
        return StatsQuery(period=PERIODS[body.date_range], interval=interval, where=where)
    if len(body.date_range) != 2:
        raise InvalidInput("date_range must be a name, or a list of two", field="date_range")
    begin, end = body.date_range
    return StatsQuery(period="custom", begin=begin, end=end, interval=interval, where=where)


def _wanted(body: QueryBody) -> Wanted:
    if not body.metrics:
        raise InvalidInput("name at least one metric", field="metrics")
    if not 1 <= body.pagination.limit <= MAX_LIMIT or body.pagination.offset < 0:
        raise InvalidInput(
            f"limit must be from 1 to {MAX_LIMIT:,}, offset 0 or more", field="pagination"
        )
    return Wanted(
        metrics=_metrics(body),
        dimensions=tuple(_dimension(each, "dimensions") for each in body.dimensions),
        order=tuple(_order(body)),
        limit=body.pagination.limit,
        offset=body.pagination.offset,
    )


def _metrics(body: QueryBody) -> tuple[Metric, ...]:
    """Those to count: shares are made of visitors."""
    known: tuple[Metric, ...] = get_args(Metric)
    for each in body.metrics:
        if each not in known and each not in SHARES:
            raise _refusal("metrics", each, (*known, *SHARES))
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
                f"order_by has {name!r}, {direction!r}: name one of the query's own metrics and "
                "dimensions, and asc or desc",
                field="order_by",
            )
        order.append((places[name], direction == "desc"))
    if not order and any(each in INTERVALS for each in body.dimensions):
        return [(places[next(each for each in body.dimensions if each in INTERVALS)], False)]
    return order or [(len(body.dimensions), True)]


def _dimension(name: str, field: str) -> Dimension:
    if name in INTERVALS and field == "dimensions":
        return "time"
    if name.startswith(PROPERTY):
        return "props:" + name.removeprefix(PROPERTY)
    if name not in DIMENSIONS:
        known = (*DIMENSIONS, PROPERTY + "…", *(INTERVALS if field == "dimensions" else ()))
        raise _refusal(field, name, known)
    return DIMENSIONS[name]


def _expression(given: Any, depth: int) -> Expression:
    """Raises InvalidInput for anything but a filter."""
    match given:
        case ["and" | "or" as how, [_, *_] as parts] if depth < MAX_DEPTH:
            inner = tuple(_expression(each, depth + 1) for each in parts)
            return AllOf(inner) if how == "and" else AnyOf(inner)
        case ["not", part] if depth < MAX_DEPTH:
            return Not(_expression(part, depth + 1))
        case [str(operator), str(name), [_, *_] as values] if all(
            isinstance(each, str) for each in values
        ):
            positive = operator.removesuffix("_not")
            if positive not in OPERATORS:
                raise _refusal(
                    "filters",
                    operator,
                    (
                        "is",
                        "is_not",
                        "contains",
                        "contains_not",
                        "matches",
                        "matches_not",
                        "and",
                        "or",
                        "not",
                    ),
                )
            if positive == "matches":
                _check_patterns(values)
            condition = Condition(_dimension(name, "filters"), OPERATORS[positive], tuple(values))
            return condition if positive == operator else Not(condition)
    raise InvalidInput(
        'a filter is ["is", "visit:source", ["Google"]], ["and", [filter, …]], ["or", […]] or '
        '["not", filter]',
        field="filters",
    )


def _check_patterns(values: Sequence[str]) -> None:
    for each in values:
        try:
            re2.compile(each)
        except re2.error as error:
            raise InvalidInput(f"{each!r} is no pattern: {error}", field="filters") from None


def _without_acts(asked: StatsQuery) -> StatsQuery:
    """The visitors of whom some reach a goal: all that match the filters on visits."""
    conditions = asked.where.conditions if isinstance(asked.where, AllOf) else ()
    of_visits = tuple(each for each in conditions if not _is_act(each))
    where = AllOf(of_visits) if of_visits else None
    return msgspec.structs.replace(asked, where=where)


def _is_act(expression: Expression) -> bool:
    return isinstance(expression, Condition) and expression.dimension in ("goal", "event", "path")


def _answer(
    body: QueryBody, table: MetricTable, labels: list[str], alls: dict[str, int]
) -> QueryAnswer:
    counted, width = _metrics(body), len(body.dimensions)
    time = next((n for n, each in enumerate(body.dimensions) if each in INTERVALS), None)
    results = []
    for row in table.rows:
        dimensions, numbers = row[:width], dict(zip(counted, row[width:], strict=True))
        if time is not None:
            dimensions[time] = labels[dimensions[time]]
        results.append(
            QueryRow(dimensions, [_metric(each, numbers, alls) for each in body.metrics])
        )
    meta: dict[str, Any] = {}
    if body.include.time_labels and time is not None:
        meta["time_labels"] = labels
    if body.include.total_rows:
        meta["total_rows"] = table.total
    if body.include.imports:
        meta |= {"imports_included": False, "imports_skip_reason": "unsupported_query"}
    return QueryAnswer(results, meta, body)


def _metric(name: str, numbers: dict[Metric, Any], alls: dict[str, int]) -> float | int | None:
    if name in SHARES:
        return round(100 * numbers["visitors"] / alls[name], 2) if alls[name] else 0.0
    value = numbers[name]  # type: ignore[index]
    if name in ("bounce_rate", "visit_duration"):
        return 0 if value is None else round(value)
    return round(value or 0, 2) if name == "views_per_visit" else value


def _refusal(field: str, given: str, known: Sequence[str] | dict[str, Any]) -> InvalidInput:
    return InvalidInput(
        f"{field} has {given!r}, which this server does not know: use {', '.join(known)}",
        field=field,
    )


OPERATIONS = (
    Operation(
        method="POST",
        path="/api/v2/query",
        name="query",
        summary="Metrics by dimensions, in the shape of Plausible's Stats API v2",
        handler=query,
        needs="own check",
        body=QueryBody,
        answer=QueryAnswer,
        refusals=(400, 401, 403, 404, 429, 501, 503),
    ),
)

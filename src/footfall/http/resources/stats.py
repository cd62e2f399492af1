"""The report of a period of one site."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

from footfall.documents import StatsDocument
from footfall.history.reports.question import AllOf, Condition, Dimension, ExportFormat, Expression
from footfall.history.stats import StatsQuery
from footfall.http.framework.operation import SITE_PATH, Call, Operation
from footfall.http.framework.parameters import described, read
from footfall.http.serving.disconnect import while_connected
from footfall.http.serving.file_reply import FileReply
from footfall.http.serving.paced_reply import PacedReply
from footfall.model import DEFAULT_LIMIT, Comparison, Interval, PeriodName
from footfall.principal import ONE_REPORT, READ
from footfall.window.query import Filter, Value

DIMENSIONS: dict[str, Dimension] = {
    "path": "path",
    "country": "country",
    "source": "source",
    "campaign": "campaign",
    "device": "device",
    "browser": "browser",
    "os": "os",
    "region": "region",
    "city": "city",
    "entry_page": "entry_path",
    "event": "event",
    "goal": "goal",
}
"""By the parameter that filters it."""
MAX_LIMIT = 1000
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


class PeriodParameters(Filter, frozen=True, kw_only=True):
    period: Annotated[
        PeriodName,
        Meta(
            description="In the site's time zone. Days and months include the running one; custom "
            "goes with from and to"
        ),
    ] = "today"
    from_: Annotated[
        str | None,
        Meta(description="Begin of a custom period: a date, or a date and time"),
    ] = msgspec.field(default=None, name="from")
    to: Annotated[
        str | None,
        Meta(description="Its end; a date is included"),
    ] = None
    entry_page: Annotated[
        Value, Meta(description="Only visits that began on this path; a trailing * is a prefix")
    ] = msgspec.field(default=None, name="entryPage")


class ExportParameters(PeriodParameters, frozen=True, kw_only=True):
    format: Annotated[ExportFormat, Meta(description="The kind of file")] = "csv"


class StatsParameters(PeriodParameters, frozen=True, kw_only=True):
    interval: Annotated[
        Interval | None,
        Meta(description="Length of the series' buckets; default: by the length of the period"),
    ] = None
    compare: Annotated[
        Comparison | None,
        Meta(description="Compare with the period before, or with the same dates a year before"),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Rows per list")] = DEFAULT_LIMIT


async def read_stats(call: Call) -> Response:
    asked = read(StatsParameters, call.request.query_params.multi_items())
    query = StatsQuery(
        **_what(asked),
        interval=asked.interval,
        compare=asked.compare,
        properties_of=asked.event,
        limit=asked.limit,
    )
    services = call.services
    caller = call.caller(call.site)
    work = services.stats.document(call.site, query, services.now(), caller)
    body = await while_connected(call.request.receive, work)
    return PacedReply(body, services.answers, caller)


async def export_events(call: Call) -> Response:
    asked = read(ExportParameters, call.request.query_params.multi_items())
    services = call.services
    query = StatsQuery(**_what(asked))
    work = services.stats.export(call.site, query, asked.format, services.now())
    file, name = await while_connected(call.request.receive, work)
    return FileReply(file, MEDIA[asked.format], name)


def _what(asked: PeriodParameters) -> dict[str, Any]:
    return {
        "period": asked.period,
        "begin": asked.from_,
        "end": asked.to,
        "where": _where(asked),
    }


def _where(asked: PeriodParameters) -> Expression | None:
    conditions: list[Expression] = []
    for parameter, dimension in DIMENSIONS.items():
        value = getattr(asked, parameter)
        if value is not None and value.endswith("*") and dimension in ("path", "entry_path"):
            conditions.append(Condition(dimension, "starts_with", (value[:-1],)))
        elif value is not None:
            conditions.append(Condition(dimension, "is", (value,)))
    return AllOf(tuple(conditions)) if conditions else None


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/stats",
        name="readStats",
        summary="The report of a period: totals, series, breakdowns, comparison",
        handler=read_stats,
        needs="history",
        costs=ONE_REPORT,
        answer=StatsDocument,
        parameters=described(StatsParameters),
        refusals=(400, 429, 501, 503),
    ),
    Operation(
        method="GET",
        path=SITE_PATH + "/export",
        name="exportEvents",
        summary="The events of a period, each with its visit, as a file",
        handler=export_events,
        needs="admin",
        costs=READ,
        any_origin=False,
        media="text/csv",
        parameters=described(ExportParameters),
        refusals=(400, 501, 503),
    ),
)

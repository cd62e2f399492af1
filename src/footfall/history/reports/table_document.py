"""The answer of ``POST /api/v2/query``, made and encoded where its rows are counted."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from footfall.history.reports.asked import TableAsked, TableShape
from footfall.history.reports.document import buckets_of, period_of
from footfall.history.reports.question import Buckets, Expression, Metric, TableQuestion
from footfall.history.reports.report import PeriodReport
from footfall.history.reports.rows import QueryRow
from footfall.history.reports.spans import bucket_name, bucket_starts


class TableDocument(msgspec.Struct):
    results: list[QueryRow]
    meta: dict[str, Any]
    query: msgspec.Raw


def table_document(asked: TableAsked, report: PeriodReport) -> bytes:
    """In JSON. Raises ``duckdb.Error``."""
    span, shape = period_of(asked.span, ZoneInfo(asked.time_zone)), asked.shape
    starts = bucket_starts(span, asked.interval)
    labels = [bucket_name(start, asked.interval) for start in starts]
    buckets = buckets_of(starts, span, asked.interval)
    alls = {
        share: _all_visitors(report, asked.site, buckets, where) for share, where in shape.shares
    }
    table = report.table(
        TableQuestion(
            site=asked.site,
            buckets=buckets,
            where=asked.where,
            metrics=shape.metrics,
            dimensions=shape.dimensions,
            order=shape.order,
            limit=shape.limit,
            offset=shape.offset,
        )
    )
    meta: dict[str, Any] = {}
    if shape.time_labels:
        meta["time_labels"] = labels
    if shape.total_rows:
        meta["total_rows"] = table.total
    if shape.imports:
        meta |= {"imports_included": False, "imports_skip_reason": "unsupported_query"}
    rows = [_row(row, shape, labels, alls) for row in table.rows]
    return msgspec.json.encode(TableDocument(rows, meta, msgspec.Raw(shape.query)))


def _all_visitors(
    report: PeriodReport, site: str, buckets: Buckets, where: Expression | None
) -> int:
    question = TableQuestion(site=site, buckets=buckets, where=where, metrics=("visitors",))
    ((found,),) = report.table(question).rows
    return int(found)


def _row(row: list[Any], shape: TableShape, labels: list[str], alls: dict[str, int]) -> QueryRow:
    width = len(shape.dimensions)
    dimensions = [
        labels[value] if dimension == "time" else value
        for dimension, value in zip(shape.dimensions, row[:width], strict=True)
    ]
    numbers = dict(zip(shape.metrics, row[width:], strict=True))
    return QueryRow(dimensions, [_metric(each, numbers, alls) for each in shape.shown])


def _metric(name: str, numbers: dict[Metric, Any], alls: dict[str, int]) -> float | int | None:
    if name in alls:
        return round(100 * numbers["visitors"] / alls[name], 2) if alls[name] else 0.0
    value = numbers[name]  # type: ignore[index]
    if name in ("bounce_rate", "visit_duration"):
        return 0 if value is None else round(value)
    return round(value or 0, 2) if name == "views_per_visit" else value

"""A question to the archive, and what it counted: plain data, which travels between processes.

Times are whole milliseconds since the epoch; stretches of time go to before their end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

VisitDimension: TypeAlias = Literal[
    "source",
    "campaign",
    "country",
    "device",
    "browser",
    "os",
    "region",
    "city",
    "entry_path",
    "exit_path",
]
"""Attributes of a visit; all its events have them."""
EventDimension: TypeAlias = Literal["path", "host", "event", "goal"]
"""Attributes of a single event."""
Dimension: TypeAlias = str
"""Any of these, or ``props:plan``: a property of an event, as text."""

Operator: TypeAlias = Literal["is", "contains", "starts_with", "matches"]


class Condition(msgspec.Struct, frozen=True, tag="condition"):
    """The dimension has one of the values, contains one, begins with one, or matches one of the
    regular expressions (RE2)."""

    dimension: Dimension
    operator: Operator
    values: tuple[str, ...]


class AllOf(msgspec.Struct, frozen=True, tag="and"):
    conditions: tuple[Expression, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="or"):
    conditions: tuple[Expression, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    condition: Expression


Expression: TypeAlias = Condition | AllOf | AnyOf | Not
"""What an event must be, or have, to be chosen."""


def conditions(expression: Expression | None) -> Iterator[Condition]:
    """All that it is made of."""
    match expression:
        case Condition():
            yield expression
        case Not(condition):
            yield from conditions(condition)
        case AllOf(parts) | AnyOf(parts):
            for each in parts:
                yield from conditions(each)


class Buckets(msgspec.Struct, frozen=True):
    """The stretch from the first edge to the last, and the buckets of its series between them."""

    edges: tuple[int, ...]
    days: tuple[int, ...] = ()
    """The first whole day of each (its ordinal, in the site's time zone), and the day after the
    last; only these two where a bucket is shorter than a day."""

    @property
    def begin(self) -> int:
        return self.edges[0]

    @property
    def end(self) -> int:
        return self.edges[-1]

    def before(self, end: int) -> Buckets:
        """The part before ``end`` as one."""
        days = [day for edge, day in zip(self.edges, self.days, strict=False) if edge <= end]
        return Buckets((self.begin, end), (days[0], days[-1]) if days else ())


class Question(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    site: str
    buckets: Buckets
    compared: Buckets | None = None
    compared_end: int = 0
    """Where the compared totals end; its series goes on to the last edge."""
    where: Expression | None = None
    limit: int = 20
    """Rows of each breakdown."""
    properties_of: str | None = None
    """A custom event whose properties are wanted too."""


ExportFormat: TypeAlias = Literal["csv", "parquet"]


class Export(msgspec.Struct, frozen=True, tag=True):
    """Asks for the events that a report about ``question`` counts."""

    question: Question
    format: ExportFormat


class Totals(msgspec.Struct, frozen=True):
    """The means are over the ``begun`` visits: those that began in the stretch. ``begun_imported``
    are those of daily totals, which don't tell how long they were engaged."""

    visitors: int
    visits: int
    page_views: int
    begun: int
    begun_views: int
    bounces: int
    visit_ms: int
    engaged_ms: int
    begun_imported: int = 0


class BucketCounts(msgspec.Struct, frozen=True, array_like=True):
    visitors: int
    visits: int
    page_views: int


class Counted(msgspec.Struct, frozen=True):
    """The totals of one stretch, and a row for each bucket."""

    totals: Totals
    series: list[BucketCounts]


Metric: TypeAlias = Literal[
    "visitors",
    "visits",
    "pageviews",
    "events",
    "bounce_rate",
    "visit_duration",
    "views_per_visit",
]


class TableQuestion(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for metrics by dimensions; the dimension ``time`` is the number of a bucket."""

    site: str
    buckets: Buckets
    where: Expression | None = None
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...] = ()
    order: tuple[tuple[int, bool], ...] = ()
    """Places in a row (dimensions, then metrics), and whether the greatest comes first."""
    limit: int = 10_000
    offset: int = 0


class MetricTable(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    rows: list[list[Any]]
    """Dimensions, then metrics; a mean of nothing is null."""
    total: int
    """How many rows there are without a limit."""


class ImportedDays(msgspec.Struct, frozen=True):
    """The days (ISO dates, both included) of a period of which there are totals of another product.
    With a filter they are not ``counted``."""

    first: str
    last: str
    provider: str
    counted: bool


class ReportAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Rows of breakdowns are tuples of the value and its counts, most first, ties by value."""

    counted: Counted
    compared: Counted | None
    visitors_by: dict[VisitDimension, list[tuple[str, int]]]
    entry_pages: list[tuple[str, int]]
    """Path, visits."""
    exit_pages: list[tuple[str, int]]
    pages: list[tuple[str, int, int]]
    """Path, visitors, page views."""
    events: list[tuple[str, int, int]]
    """Name, count, visitors."""
    goals: list[tuple[str, int, int]]
    """Name, completions, visitors."""
    properties: list[tuple[str, str, int, int]]
    """Property, value, count, visitors."""
    imported: ImportedDays | None = None

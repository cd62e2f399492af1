"""What a process of reports is asked for: plain data, small whatever the period, so that the server
does no work for it. Times are whole milliseconds since the epoch."""

from typing import TypeAlias

import msgspec

from footfall.documents import PeakRow
from footfall.history.reports.question import Dimension, ExportFormat, Expression, Metric
from footfall.model import Interval


class TimeSpan(msgspec.Struct, frozen=True):
    """From ``begin`` to before ``end``."""

    begin: int
    end: int


class DocumentAsked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for the document of a period."""

    site: str
    time_zone: str
    span: TimeSpan
    interval: Interval
    compared: TimeSpan | None = None
    compared_end: int = 0
    """Where the compared totals end; its series goes on."""
    where: Expression | None = None
    properties_of: str | None = None
    limit: int = 20
    peak: PeakRow | None = None
    """For the document: it is not in the archive."""


class TableShape(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer of ``POST /api/v2/query`` shows."""

    metrics: tuple[Metric, ...]
    """Those to count."""
    shown: tuple[str, ...]
    """Those of a row: of ``metrics``, or a share of its visitors in all of ``shares``."""
    shares: tuple[tuple[str, Expression | None], ...] = ()
    """By metric, whose visitors are all."""
    dimensions: tuple[Dimension, ...] = ()
    order: tuple[tuple[int, bool], ...] = ()
    """See ``TableQuestion``."""
    limit: int = 10_000
    offset: int = 0
    time_labels: bool = False
    total_rows: bool = False
    imports: bool = False
    """Say that daily totals of other products have no part in it."""
    query: bytes = b"{}"
    """The query as it was read, in JSON: the answer repeats it."""


class TableAsked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for the rows of a period."""

    site: str
    time_zone: str
    span: TimeSpan
    interval: Interval
    where: Expression | None = None
    shape: TableShape


class ExportAsked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for a file with the events of a period."""

    site: str
    span: TimeSpan
    where: Expression | None = None
    format: ExportFormat


Wanted: TypeAlias = DocumentAsked | TableAsked | ExportAsked

"""The documents that readers get: one site's window, and the overview of sites.

The server writes them, the Python client reads them, and OpenAPI and the browser client's types are
generated from them. Times are ISO 8601, UTC. Labels are untrusted input: show them as text only.
"""

from typing import Any, TypeAlias

import msgspec


class PageRow(msgspec.Struct):
    path: str
    visitors: int


class LocationRow(msgspec.Struct):
    """``country`` is ISO 3166-1 alpha-2, or "(unknown)" or "(other)"."""

    country: str
    visitors: int


class SourceRow(msgspec.Struct):
    source: str
    visitors: int


class CampaignRow(msgspec.Struct):
    campaign: str
    visitors: int


class DeviceRow(msgspec.Struct):
    device: str
    visitors: int


class BrowserRow(msgspec.Struct):
    browser: str
    visitors: int


class RegionRow(msgspec.Struct):
    """``region`` is like ``Bavaria, DE``, or "(unknown)" or "(other)"."""

    region: str
    visitors: int


class CityRow(msgspec.Struct):
    """``city`` is like ``Munich, Bavaria, DE``, or "(unknown)" or "(other)"."""

    city: str
    visitors: int


class OperatingSystemRow(msgspec.Struct):
    os: str
    visitors: int


class EventRow(msgspec.Struct):
    """How often a custom event happened."""

    name: str
    count: int


class GoalRow(msgspec.Struct):
    name: str
    completions: int


class MinuteRow(msgspec.Struct, rename="camel"):
    """``minute`` is UTC, as in ``2026-01-15T10:26``; ``visitors`` are the distinct ones in it."""

    minute: str
    page_views: int
    visitors: int


class RecentBase(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type"):
    """The fields that all rows of the feed share; unknown values are left out."""

    id: str
    path: str
    timestamp: str
    title: str | None = None
    country: str | None = None
    device: str | None = None


class RecentPageView(RecentBase, tag="pageview"):
    """``source`` is where an arrival came from, as in the list of sources."""

    source: str | None = None


class RecentCustomEvent(RecentBase, tag="event"):
    name: str


class RecentOutbound(RecentBase, tag="outbound"):
    """A click on a link to another site, ``url``."""

    url: str


class RecentGoal(RecentBase, tag="goal"):
    """A goal reached by a page view or a custom event."""

    name: str


RecentEvent: TypeAlias = RecentPageView | RecentCustomEvent | RecentOutbound | RecentGoal


class RealtimeDocument(msgspec.Struct, rename="camel"):
    """One site's window at one second. ``recentEvents`` is newest first; ``perMinute`` is oldest
    first, up to the current minute, zeros included; the other lists have the highest counts
    first."""

    site_id: str
    as_of: str
    window_seconds: int
    current_visitors: int
    present_visitors: int
    page_views: int
    active_pages: list[PageRow]
    recent_events: list[RecentEvent]
    locations: list[LocationRow]
    sources: list[SourceRow]
    campaigns: list[CampaignRow]
    devices: list[DeviceRow]
    browsers: list[BrowserRow]
    operating_systems: list[OperatingSystemRow]
    regions: list[RegionRow]
    cities: list[CityRow]
    events: list[EventRow]
    goals: list[GoalRow]
    per_minute: list[MinuteRow]

    def to_dict(self) -> dict[str, Any]:
        """As in the HTTP API, with its names, for ``json.dumps``."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


class VisitRow(msgspec.Struct, rename="camel", kw_only=True):
    """A visit in the retention. ``since`` and ``last`` are its first and latest sign of life;
    ``present`` is whether the visitor has the site open. ``id`` is of this day only."""

    id: str
    since: str
    last: str
    present: bool
    page_views: int
    path: str
    """Of the latest event."""
    title: str | None
    """Of the latest page view."""
    source: str | None
    """Null for a visit whose arrival was before the retention."""
    campaign: str | None
    country: str | None
    region: str | None
    city: str | None
    device: str | None
    browser: str | None
    os: str | None


class VisitDocument(VisitRow, rename="camel", kw_only=True):
    """``events`` are oldest first: page views, custom events, outbound clicks, and goals."""

    events: list[RecentEvent]


class OverviewRow(msgspec.Struct, rename="camel"):
    """``topPage`` is the path with the most visitors, null without visitors."""

    site_id: str
    name: str
    current_visitors: int
    per_minute: list[MinuteRow]
    top_page: str | None


class OverviewDocument(msgspec.Struct, rename="camel"):
    """Every site that the reader may see."""

    as_of: str
    sites: list[OverviewRow]


class ConcurrencyRow(msgspec.Struct, rename="camel"):
    """``time`` is the step's first minute, in the site's time zone, as in
    ``2026-11-25T10:30+01:00``. The visitors are the greatest of the step, the page views all."""

    time: str
    current_visitors: int
    present_visitors: int
    page_views: int


class ConcurrencyDocument(msgspec.Struct, rename="camel"):
    """The live counters as they stood at the end of each minute. ``to`` is not included."""

    site_id: str
    time_zone: str
    from_: str = msgspec.field(name="from")
    to: str
    step: str
    rows: list[ConcurrencyRow]
    usual: list[ConcurrencyRow]
    """Of those asked minutes that are of today: the median of the same minutes of the same weekday
    in the last four weeks. Empty for a site that is younger than a week."""


class StatsTotals(msgspec.Struct, rename="camel"):
    """Means and ``bounceRate`` (0 to 1) are over the visits that began in the period, and 0 where
    there is none; seconds have fractions."""

    visitors: int
    visits: int
    page_views: int
    views_per_visit: float
    bounce_rate: float
    visit_seconds: float
    engaged_seconds: float


class SeriesRow(msgspec.Struct, rename="camel"):
    """``time`` is when the hour began, as in ``2026-11-24T14:00+01:00``, the day, the Monday of the
    week, or the month, as in ``2026-11``."""

    time: str
    visitors: int
    visits: int
    page_views: int


class ComparedStats(StatsTotals, rename="camel", kw_only=True):
    """The totals of another period. While the period asked for is running, they end where it stands
    now; its series has all of it."""

    from_: str = msgspec.field(name="from")
    to: str
    series: list[SeriesRow]


class PeakRow(msgspec.Struct, rename="camel"):
    """The greatest number of visitors within five minutes, and the minute (of the site's time zone)
    in which the live counter first showed it."""

    current_visitors: int
    minute: str


class StatsPageRow(msgspec.Struct, rename="camel"):
    path: str
    visitors: int
    page_views: int


class EntryPageRow(msgspec.Struct):
    """``path`` is "(unknown)" for visits without a page view."""

    path: str
    visits: int


class StatsEventRow(msgspec.Struct):
    name: str
    count: int
    visitors: int


class PropertyRow(msgspec.Struct):
    """A value of a custom event's property, as text."""

    property: str
    value: str
    count: int
    visitors: int


class StatsGoalRow(msgspec.Struct, rename="camel"):
    """``conversionRate`` (0 to 1) is the share of all visitors of the period."""

    name: str
    completions: int
    visitors: int
    conversion_rate: float


class ImportedRow(msgspec.Struct):
    """The days of the period, both included, for which daily totals of another product (the
    ``provider``) were imported. They know no combinations, so with a filter they are not
    ``counted``; and hours have no part of them."""

    from_: str = msgspec.field(name="from")
    to: str
    provider: str
    counted: bool


class StatsDocument(StatsTotals, rename="camel", kw_only=True):
    """What happened on one site in a period. ``from`` and ``to`` are dates, both included, or date
    and time, of which ``to`` is not."""

    site_id: str
    time_zone: str
    from_: str = msgspec.field(name="from")
    to: str
    interval: str
    as_of: str
    peak: PeakRow | None
    """Null with a filter, and where no minute is kept."""
    series: list[SeriesRow]
    compared: ComparedStats | None
    imported: ImportedRow | None
    pages: list[StatsPageRow]
    entry_pages: list[EntryPageRow]
    exit_pages: list[EntryPageRow]
    sources: list[SourceRow]
    campaigns: list[CampaignRow]
    locations: list[LocationRow]
    devices: list[DeviceRow]
    browsers: list[BrowserRow]
    operating_systems: list[OperatingSystemRow]
    regions: list[RegionRow]
    cities: list[CityRow]
    events: list[StatsEventRow]
    properties: list[PropertyRow]
    """Of the custom event that the filter asks for; empty without one."""
    goals: list[StatsGoalRow]

    def to_dict(self) -> dict[str, Any]:
        """As in the HTTP API, with its names, for ``json.dumps``."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

"""The documents that readers get, as types: for OpenAPI and for the tests that hold the
window's own JSON against them."""

from typing import Literal

import msgspec


class Document(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    pass


class PageRow(Document, frozen=True):
    path: str
    visitors: int


class LocationRow(Document, frozen=True):
    country: str
    visitors: int


class SourceRow(Document, frozen=True):
    source: str
    visitors: int


class CampaignRow(Document, frozen=True):
    campaign: str
    visitors: int


class DeviceRow(Document, frozen=True):
    device: str
    visitors: int


class BrowserRow(Document, frozen=True):
    browser: str
    visitors: int


class OperatingSystemRow(Document, frozen=True):
    os: str
    visitors: int


class EventRow(Document, frozen=True):
    name: str
    count: int


class GoalRow(Document, frozen=True):
    name: str
    completions: int


class MinuteRow(Document, frozen=True):
    minute: str
    page_views: int
    visitors: int


class RecentEvent(Document, frozen=True):
    """``name`` for events and goals, ``url`` for outbound clicks."""

    id: str
    type: Literal["pageview", "event", "outbound", "goal"]
    path: str
    timestamp: str
    name: str | None = None
    url: str | None = None
    title: str | None = None
    country: str | None = None
    device: str | None = None


class Realtime(Document, frozen=True):
    """One site's window as of one second. The breakdowns, taken whole, add up to
    ``currentVisitors``."""

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
    events: list[EventRow]
    goals: list[GoalRow]
    per_minute: list[MinuteRow]


class OverviewRow(Document, frozen=True):
    site_id: str
    name: str
    current_visitors: int
    per_minute: list[MinuteRow]
    top_page: str | None


class Overview(Document, frozen=True):
    as_of: str
    sites: list[OverviewRow]

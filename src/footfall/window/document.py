"""The realtime document: the shapes that every way out shows."""

from datetime import UTC, datetime

import msgspec

from footfall.window.feed import FeedEntry


class PageRow(msgspec.Struct):
    path: str
    visitors: int


class LocationRow(msgspec.Struct):
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


class OsRow(msgspec.Struct):
    os: str
    visitors: int


class EventRow(msgspec.Struct):
    name: str
    count: int


class GoalRow(msgspec.Struct):
    name: str
    completions: int


class MinuteRow(msgspec.Struct, rename="camel"):
    minute: str
    """``2026-01-15T10:26``, UTC."""
    page_views: int
    visitors: int


class FeedRow(msgspec.Struct, omit_defaults=True):
    """``type`` is ``pageview``, ``event``, ``outbound`` or ``goal``."""

    id: str
    type: str
    path: str
    timestamp: str
    title: str | None = None
    name: str | None = None
    url: str | None = None
    country: str | None = None
    device: str | None = None


class RealtimeDocument(msgspec.Struct, rename="camel"):
    """One site's window at one second."""

    site_id: str
    as_of: str
    window_seconds: int
    current_visitors: int
    present_visitors: int
    page_views: int
    active_pages: list[PageRow]
    recent_events: list[FeedRow]
    locations: list[LocationRow]
    sources: list[SourceRow]
    campaigns: list[CampaignRow]
    devices: list[DeviceRow]
    browsers: list[BrowserRow]
    operating_systems: list[OsRow]
    events: list[EventRow]
    goals: list[GoalRow]
    per_minute: list[MinuteRow]


def utc(second: int) -> str:
    """``2026-01-15T10:30:12Z``"""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_minute(minute: int) -> str:
    """``2026-01-15T10:30``, of a minute since the epoch."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M")


def feed_row(entry: FeedEntry) -> FeedRow:
    time, row_id, event, goal = entry
    return FeedRow(
        id=row_id,
        type=event.type if goal is None else "goal",
        path=event.path,
        timestamp=utc(time // 1000),
        title=event.title,
        name=event.name if goal is None else goal,
        url=event.url if goal is None else None,
        country=event.country,
        device=event.device,
    )


def minute_row(row: tuple[int, int, int]) -> MinuteRow:
    return MinuteRow(utc_minute(row[0]), row[1], row[2])

"""What the window holds, as rows of the realtime document."""

from datetime import UTC, datetime
from typing import Any

from footfall.documents import (
    MinuteRow,
    RecentCustomEvent,
    RecentEvent,
    RecentGoal,
    RecentOutbound,
    RecentPageView,
)
from footfall.window.feed import FeedEntry


def utc(second: int) -> str:
    """``2026-01-15T10:30:12Z``"""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_minute(minute: int) -> str:
    """``2026-01-15T10:30``, of a minute since the epoch."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M")


def feed_row(entry: FeedEntry) -> RecentEvent:
    time, row_id, event, goal = entry
    common: dict[str, Any] = {
        "id": row_id,
        "path": event.path,
        "timestamp": utc(time // 1000),
        "title": event.title,
        "country": event.country,
        "device": event.device,
    }
    if goal is not None:
        return RecentGoal(**common, name=goal)
    if event.type == "event":
        return RecentCustomEvent(**common, name=event.name or "")
    if event.type == "outbound":
        return RecentOutbound(**common, url=event.url or "")
    return RecentPageView(**common)


def minute_row(row: tuple[int, int, int]) -> MinuteRow:
    return MinuteRow(utc_minute(row[0]), row[1], row[2])

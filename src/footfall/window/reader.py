"""Reads a view as the sections of the realtime document."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, TypeAlias

from footfall.documents import (
    BrowserRow,
    CampaignRow,
    CityRow,
    DeviceRow,
    EventRow,
    GoalRow,
    LocationRow,
    MinuteRow,
    OperatingSystemRow,
    PageRow,
    RealtimeDocument,
    RecentCustomEvent,
    RecentEvent,
    RecentGoal,
    RecentOutbound,
    RecentPageView,
    RegionRow,
    SourceRow,
)
from footfall.model import Event
from footfall.times import utc, utc_minute
from footfall.window.feed import FeedEntry, entries_of
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
from footfall.window.tally import Tally

PUBLIC_ID_BYTES = 12
"""16 characters."""

RowType: TypeAlias = Callable[[str, int], Any]

BREAKDOWNS: dict[str, tuple[str, RowType]] = {
    "activePages": ("path", PageRow),
    "locations": ("country", LocationRow),
    "sources": ("source", SourceRow),
    "campaigns": ("campaign", CampaignRow),
    "devices": ("device", DeviceRow),
    "browsers": ("browser", BrowserRow),
    "operatingSystems": ("os", OperatingSystemRow),
    "regions": ("region", RegionRow),
    "cities": ("city", CityRow),
}
"""Section of the document → dimension of the window, type of a row."""


class Reader:
    """One view at one list length. Reading a section costs O(its rows, and what changed since
    it was last read), never O(visitors)."""

    def __init__(self, window: SiteWindow, query: ViewQuery) -> None:
        self.query = query
        self.window = window
        self._view = window.open(query.minutes, query.filter)
        self._traffic = window.traffic(query.filter)
        tallies: dict[str, tuple[Tally, RowType]] = {
            section: (self._view.breakdowns[dimension], row)
            for section, (dimension, row) in BREAKDOWNS.items()
        }
        tallies["events"] = (self._view.events, EventRow)
        tallies["goals"] = (self._view.goals, GoalRow)
        self._tallies = tallies

    @property
    def as_of(self) -> int:
        return self.window.now

    @property
    def totals(self) -> dict[str, int]:
        view = self._view
        return {
            "currentVisitors": view.visitors,
            "presentVisitors": view.present,
            "pageViews": view.page_views,
        }

    @property
    def current_visitors(self) -> int:
        return self._view.visitors

    @property
    def lists(self) -> Iterable[str]:
        """The sections that ``rows`` reads."""
        return self._tallies.keys()

    def revision(self, section: str) -> int:
        """Grows with every change to the list ``section``."""
        return self._tallies[section][0].revision

    @property
    def minutes_revision(self) -> int:
        return self._traffic.minutes.revision

    def rows(self, section: str) -> list[Any]:
        tally, row = self._tallies[section]
        return [row(label, count) for label, count in tally.top(self.query.limit)]

    def feed(self) -> list[FeedEntry]:
        """Newest first."""
        return self._traffic.feed.newest(self._view.expired_through, self.query.limit)

    def minute_rows(self) -> list[tuple[int, int, int]]:
        return self._traffic.minutes.rows()

    def document(self) -> RealtimeDocument:
        """The full document."""
        totals = self.totals
        return RealtimeDocument(
            site_id=self.query.site,
            as_of=utc(self.as_of),
            window_seconds=self.query.minutes * 60,
            current_visitors=totals["currentVisitors"],
            present_visitors=totals["presentVisitors"],
            page_views=totals["pageViews"],
            active_pages=self.rows("activePages"),
            recent_events=[feed_row(entry) for entry in self.feed()],
            locations=self.rows("locations"),
            sources=self.rows("sources"),
            campaigns=self.rows("campaigns"),
            devices=self.rows("devices"),
            browsers=self.rows("browsers"),
            operating_systems=self.rows("operatingSystems"),
            regions=self.rows("regions"),
            cities=self.rows("cities"),
            events=self.rows("events"),
            goals=self.rows("goals"),
            per_minute=[minute_row(row) for row in self.minute_rows()],
        )


def feed_row(entry: FeedEntry) -> RecentEvent:
    time, row_id, event, goal = entry
    common: dict[str, Any] = {
        "id": _public_id(row_id, event.visitor),
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
    return RecentPageView(**common, source=event.source)


def row_ids(event: Event) -> list[str]:
    """The ids of the rows that the event has in the feed."""
    return [_public_id(row_id, event.visitor) for _, row_id, _, _ in entries_of(event)]


def _public_id(row_id: str, visitor: int) -> str:
    """The id of a row for readers. It is the same everywhere, but nobody can check a guess of the
    id that the event was sent with: the visitor's hash is known to nobody outside."""
    key = visitor.to_bytes(8, "little", signed=True)
    digest = blake2b(row_id.encode(), key=key, digest_size=PUBLIC_ID_BYTES).digest()
    return urlsafe_b64encode(digest).decode()


def minute_row(row: tuple[int, int, int]) -> MinuteRow:
    """From (minute since the epoch, page views, visitors)."""
    return MinuteRow(utc_minute(row[0]), row[1], row[2])

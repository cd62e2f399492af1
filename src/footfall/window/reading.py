"""Reading a view as the sections of the realtime document."""

from collections.abc import Callable
from typing import Any

from footfall.documents import (
    BrowserRow,
    CampaignRow,
    DeviceRow,
    EventRow,
    GoalRow,
    LocationRow,
    OperatingSystemRow,
    PageRow,
    RealtimeDocument,
    SourceRow,
)
from footfall.window.document import feed_row, minute_row, utc
from footfall.window.feed import FeedEntry
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
from footfall.window.tally import Tally

Row = Callable[[str, int], Any]

BREAKDOWNS: dict[str, tuple[str, Row]] = {
    "activePages": ("path", PageRow),
    "locations": ("country", LocationRow),
    "sources": ("source", SourceRow),
    "campaigns": ("campaign", CampaignRow),
    "devices": ("device", DeviceRow),
    "browsers": ("browser", BrowserRow),
    "operatingSystems": ("os", OperatingSystemRow),
}
"""Section of the document → dimension of the window, shape of a row."""


class Reader:
    """One view at one list length. Building a section costs O(its rows and what changed since
    it was last built), never O(visitors)."""

    def __init__(self, window: SiteWindow, query: ViewQuery) -> None:
        self.query = query
        self.window = window
        self._view = window.open(query.minutes, query.filter)
        self._traffic = window.traffic(query.filter)
        tallies: dict[str, tuple[Tally, Row]] = {
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
    def list_editions(self) -> dict[str, int]:
        """Grows for a list with every change beneath it."""
        return {section: tally.edition for section, (tally, _) in self._tallies.items()}

    @property
    def minutes_edition(self) -> int:
        return self._traffic.minutes.edition

    def rows(self, section: str) -> list[Any]:
        tally, row = self._tallies[section]
        return [row(label, count) for label, count in tally.top(self.query.limit)]

    def feed(self) -> list[FeedEntry]:
        """Newest first."""
        return self._traffic.feed.newest(self._view.low, self.query.limit)

    def minute_rows(self) -> list[tuple[int, int, int]]:
        return self._traffic.minutes.rows()

    def document(self) -> RealtimeDocument:
        """The whole of it, as plain data."""
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
            events=self.rows("events"),
            goals=self.rows("goals"),
            per_minute=[minute_row(row) for row in self.minute_rows()],
        )

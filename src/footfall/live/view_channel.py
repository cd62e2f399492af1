"""One view of one site, as a channel."""

from typing import Any

from footfall.documents import RealtimeDocument
from footfall.live.channel import Channel
from footfall.live.message import Fields, json_array
from footfall.live.sections import FeedSection, MinuteSection, Section
from footfall.times import utc
from footfall.window.query import ViewQuery
from footfall.window.reader import Reader

TOTALS = ("currentVisitors", "presentVisitors", "pageViews")
ORDER = (*TOTALS, "activePages", "recentEvents", "locations", "sources", "campaigns", "devices",
         "browsers", "operatingSystems", "regions", "cities", "events", "goals",
         "perMinute")  # fmt: skip
"""The sections in the order in which the document shows them."""


class ViewChannel(Channel):
    def __init__(self, reader: Reader, interval: float) -> None:
        super().__init__(interval)
        self._reader = reader
        self._sections: dict[str, Section[Any]] = {
            name: Section() for name in ORDER if name not in ("recentEvents", "perMinute")
        }
        self._revisions: dict[str, int] = {}
        self._minutes = MinuteSection()
        self._minutes_revision = -1
        self._feed = FeedSection()
        self.refresh()

    @property
    def query(self) -> ViewQuery:
        return self._reader.query

    @property
    def as_of(self) -> str:
        return utc(self._reader.as_of)

    def advance(self, second: int) -> None:
        self._reader.window.advance(second)

    def document(self) -> RealtimeDocument:
        return self._reader.document()

    def fields(self, since: int | None) -> Fields:
        if since is None:
            yield "siteId", b'"%s"' % self.query.site.encode()
        yield "asOf", b'"%s"' % self.as_of.encode()
        if since is None:
            yield "windowSeconds", b"%d" % (self.query.minutes * 60)
        for name in ORDER:
            if name == "recentEvents":
                yield from self._feed_fields(since)
            elif name == "perMinute":
                yield from self._minute_fields(since)
            else:
                section = self._sections[name]
                if since is None or section.version > since:
                    yield name, section.json

    def _feed_fields(self, since: int | None) -> Fields:
        if since is None:
            yield "recentEvents", self._feed.all()
        elif self._feed.reset > since:
            yield "feedReset", b"true"
            yield "recentEvents", self._feed.all()
        elif rows := self._feed.since(since):
            yield "recentEvents", json_array(rows)

    def _minute_fields(self, since: int | None) -> Fields:
        if since is None:
            yield "perMinute", self._minutes.all()
        elif rows := self._minutes.since(since):
            yield "perMinute", json_array(rows)

    def _update(self, version: int) -> bool:
        reader, sections = self._reader, self._sections
        changed = False
        for name, total in reader.totals.items():
            changed |= sections[name].update(total, version)
        for name in reader.lists:
            revision = reader.revision(name)
            if self._revisions.get(name) != revision:
                self._revisions[name] = revision
                changed |= sections[name].update(reader.rows(name), version)
        if self._minutes_revision != reader.minutes_revision:
            self._minutes_revision = reader.minutes_revision
            changed |= self._minutes.update(reader.minute_rows(), version)
        return self._feed.update(reader.feed(), version) or changed

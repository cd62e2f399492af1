"""The realtime document from the items of a query, by the same fold as the server's window."""

import re
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from footfall.documents import RealtimeDocument
from footfall.dynamodb.attributes import plain_item
from footfall.dynamodb.stats import unpack_events
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.items import LinkKeys
from footfall.model import DEFAULT_LIMIT, DEFAULT_MINUTES, Event
from footfall.times import MAX_AHEAD_MS
from footfall.window.deeds import compile_deed
from footfall.window.limits import WindowLimits
from footfall.window.query import (
    DIMENSIONS,
    UNKNOWN,
    Dimensions,
    ViewQuery,
    compile_filter,
)
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow

INT64 = range(-(2**63), 2**63)
_INTEGER = re.compile(r"-?[1-9][0-9]{0,18}|0")


def process_realtime_data(
    items: Iterable[Mapping[str, Any]],
    minutes: int = DEFAULT_MINUTES,
    *,
    limit: int = DEFAULT_LIMIT,
    now: int | None = None,
    link_keys: LinkKeys | None = None,
) -> dict[str, Any]:
    """The realtime document of the last ``minutes`` minutes, from the items of one site.

    ``items`` are as boto3's client or its resource interface returns them. ``now`` is in seconds
    since the epoch. Visitors are distinct over the window and exact to the second. Items without
    events (all but those of the stream handler) have only visitors, pages, countries and page
    views: their page views count for as long as the item's latest visitor does. Without
    ``link_keys``, which the server has, a visitor seen before and after UTC midnight counts twice.
    """
    found = list(items)
    second = int(time.time()) if now is None else now
    site = keys.site_of(plain_item(found[0])[keys.PARTITION]) if found else ""
    window = MinuteWindow(second, WindowLimits(), link_keys)
    query = ViewQuery(site, minutes, limit=limit)
    reader = window.open(query)
    window.add(found)
    return window.document(reader).to_dict()


class PlainViews(msgspec.Struct, frozen=True):
    """Page views of an item without events: only their number is known."""

    second: int
    """They count for one window from this second on."""
    minute: str
    page_views: int
    pages: dict[str, int]


class MinuteWindow:
    """One site's window as of one second, from items and events in any order.

    Open every view first, then add everything, then read.
    """

    def __init__(self, now: int, limits: WindowLimits, link_keys: LinkKeys | None = None) -> None:
        """``link_keys`` unmask the links between days; a day without a key has no links."""
        self._link_keys = link_keys or {}
        self.window = SiteWindow(limits, now)
        self._plain: list[PlainViews] = []
        self._now = now

    def open(self, query: ViewQuery) -> Reader:
        return Reader(self.window, query)

    def add(self, items: Iterable[Mapping[str, Any]], events: Iterable[Event] = ()) -> None:
        """Fold everything ordered by (time, id), so that repetitions follow their originals."""
        found = list(events)
        for item in map(plain_item, items):
            if keys.TTL in item and item[keys.TTL] <= self._now:
                continue
            if "events" in item:
                found += unpack_events(item["events"], self._link_keys)
            else:
                found += self._plain_visitors(item)
        latest = self._now * 1000 + MAX_AHEAD_MS
        for event in sorted(found, key=lambda event: (event.time, event.id)):
            if event.time <= latest:  # a wrong clock elsewhere must not move the window
                self.window.fold(event)

    def document(self, reader: Reader) -> RealtimeDocument:
        """The document of what was folded, plus the page views of items without events."""
        document = reader.document()
        start = self.window.now - reader.query.minutes * 60
        if compile_deed(reader.query.filter) is not None:
            return document  # nothing is known of what was done in these items
        matches = compile_filter(reader.query.filter)
        rows = {row.minute: row for row in document.per_minute}
        for plain in self._plain:
            views = plain.page_views
            if matches is not None:
                views = sum(n for path, n in plain.pages.items() if matches(_dimensions(path)))
            if plain.second > start:
                document.page_views += views
            if plain.minute in rows:
                rows[plain.minute].page_views += views
        return document

    def _plain_visitors(self, item: Mapping[str, Any]) -> list[Event]:
        """The visitors of an item without events, as pings; its page views are kept separately."""
        site, sort = keys.site_of(item[keys.PARTITION]), item[keys.SORT]
        visitors = item["visitors"]
        minute = sort.removeprefix(keys.REALTIME_PREFIX).partition("#")[0]
        latest = max((seen["at"] for seen in visitors.values()), default=_end_of(minute))
        pages = item["activePages"]
        self._plain.append(PlainViews(latest, minute, item["pageViews"], pages))
        return [
            Event(
                site=site,
                time=seen["at"] * 1000,
                id=sort,
                type="ping",
                visitor=_number(name),
                host="",
                path=seen["path"],
                country=seen.get("country"),
            )
            for name, seen in visitors.items()
        ]


def _dimensions(path: str) -> Dimensions:
    return (path, *(UNKNOWN for _ in DIMENSIONS[1:]))


def _end_of(minute: str) -> int:
    """The last second of ``minute``."""
    return int(datetime.fromisoformat(f"{minute}:59+00:00").timestamp())


def _number(visitor: str) -> int:
    """A visitor id as the window's integer: Footfall's own unchanged, any other text hashed."""
    if _INTEGER.fullmatch(visitor) and int(visitor) in INT64:
        return int(visitor)
    return int.from_bytes(blake2b(visitor.encode(), digest_size=8).digest(), signed=True)

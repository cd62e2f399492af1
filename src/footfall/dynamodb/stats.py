"""What one writer saw of one site in one minute, and the items that store it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias
from zlib import compress, decompress

import msgspec

from footfall.dynamodb.attributes import attribute, named_size
from footfall.engines.dynamodb import items
from footfall.engines.dynamodb.items import Item, LinkKeys, to_event
from footfall.errors import TooLarge
from footfall.model import Event

MAX_ITEM_BYTES = 350_000
"""DynamoDB refuses items over 400 KB; the margin is for keys and for the estimate."""
MAX_BLOB_BYTES = MAX_ITEM_BYTES // 2

Kept: TypeAlias = tuple[str, str | None]
"""An event's body and its masked link to the day before, as the event's item stores them."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Kept]).decode


class LastSeen(NamedTuple):
    """Where a visitor was when last seen."""

    second: int
    """Since the epoch."""
    path: str
    country: str | None = None


class MinuteStats(msgspec.Struct):
    """With ``events``, readers get the full realtime document, exact to the second. The counts
    alone give visitors, pages, countries and page views."""

    page_views: int = 0
    active_pages: dict[str, int] = {}
    """Path → page views."""
    visitors: dict[str, LastSeen] = {}
    """Visitor id → where it was last seen."""
    events: list[Kept] = []

    def view(self, path: str) -> None:
        """Count one page view."""
        self.page_views += 1
        self.active_pages[path] = self.active_pages.get(path, 0) + 1

    def see(self, visitor: str, seen: LastSeen) -> None:
        """Keep ``seen`` if it is the visitor's latest."""
        known = self.visitors.get(visitor)
        if known is None or seen.second >= known.second:
            self.visitors[visitor] = seen

    def add(self, event_item: Item) -> None:
        """Count the event of an item from the table's stream."""
        event = to_event(event_item, {})
        link = event_item.get(items.LINK)
        self.events.append((_for_the_window(event), None if link is None else link["N"]))
        if event.type == "pageview":
            self.view(event.path)
        if event.type != "leave":
            seen = LastSeen(event.time // 1000, event.path, event.country)
            self.see(str(event.visitor), seen)


def parts(stats: MinuteStats) -> list[Item]:
    """The attributes of one or more items, each below ``MAX_ITEM_BYTES``.

    The first has the page views; every page, visitor and event is in exactly one. Raises TooLarge
    for a single entry above the limit.
    """
    builder = _Parts(stats.page_views)
    for path, views in stats.active_pages.items():
        builder.put("activePages", path, views)
    for visitor, (second, path, country) in stats.visitors.items():
        seen = {"at": second, "path": path, "country": country}
        builder.put("visitors", visitor, seen)
    for blob in _blobs(stats.events):
        builder.put_blob(blob)
    return builder.items


class _Parts:
    def __init__(self, page_views: int) -> None:
        self.items: list[Item] = []
        self._bytes = 0
        self._open(page_views)

    def put(self, section: str, name: str, value: Any) -> None:
        wrapped = attribute(value)
        self._make_room(named_size(name, wrapped))
        self.items[-1][section]["M"][name] = wrapped

    def put_blob(self, blob: bytes) -> None:
        wrapped = attribute(blob)
        if "events" in self.items[-1]:
            self._open(0)
        self._make_room(named_size("events", wrapped))
        self.items[-1]["events"] = wrapped

    def _make_room(self, needed: int) -> None:
        if self._bytes + needed > MAX_ITEM_BYTES:
            self._open(0)
            if needed > MAX_ITEM_BYTES:
                raise TooLarge(
                    f"one entry has {needed} bytes, and an item takes {MAX_ITEM_BYTES}: shorten it"
                )
        self._bytes += needed

    def _open(self, page_views: int) -> None:
        empty: dict[str, Any] = {"pageViews": page_views, "activePages": {}, "visitors": {}}
        self.items.append({name: attribute(value) for name, value in empty.items()})
        self._bytes = sum(named_size(name, value) for name, value in self.items[-1].items())


def _blobs(events: list[Kept]) -> Iterator[bytes]:
    """One blob, if it is small enough; otherwise the events are halved until each blob is."""
    if not events:
        return
    blob = pack_events(events)
    if len(blob) > MAX_BLOB_BYTES and len(events) > 1:
        middle = len(events) // 2
        yield from _blobs(events[:middle])
        yield from _blobs(events[middle:])
    else:
        yield blob


def pack_events(kept: Iterable[Kept]) -> bytes:
    return compress(_encode(list(kept)))


def unpack_events(blob: bytes, link_keys: LinkKeys) -> list[Event]:
    """The events of a blob. Links whose key is deleted or not given are left out."""
    return [to_event(_as_item(*each), link_keys) for each in _decode(decompress(blob))]


def _as_item(body: str, link: str | None) -> Item:
    event = {items.BODY: {"S": body}}
    return event if link is None else {**event, items.LINK: {"N": link}}


def _for_the_window(event: Event) -> str:
    """The event as JSON, without the fields that no window uses."""
    kept = msgspec.structs.replace(event, host="", referrer=None, utm=None, props=None)
    return msgspec.json.encode(kept).decode()

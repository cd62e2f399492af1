"""An event as an item of the table, and back.

``body`` is the event as the JSON array that ``Event`` encodes to, without ``previous_visitor``,
which links two days. The link is stored separately in ``link``, masked with the link key of the
event's UTC day. Deleting that key makes every link of the day unreadable, in copies too, without
rewriting events.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, TypeAlias

import msgspec

from footfall.engines.dynamodb import keys
from footfall.model import SIGNALS, Event
from footfall.times import DAY_MS

Item: TypeAlias = dict[str, dict[str, Any]]

BODY = "body"
AT = "at"
"""When the item was written, ms, by its writer's clock."""
LINK = "link"

_LOW_64_BITS = (1 << 64) - 1
_SIGN_BIT = 1 << 63

LinkKeys: TypeAlias = Mapping[int, bytes]
"""From days since the epoch to 32 random bytes; a day without a key has no links."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode
_decode_many = msgspec.json.Decoder(list[Event]).decode


class Lifetimes(msgspec.Struct, frozen=True):
    """The minimum number of seconds for which an event is kept after its time."""

    events: int
    signals: int


def day_of(time: int) -> int:
    return time // DAY_MS


def to_item(
    event: Event, *, shards: int, at: int, lifetimes: Lifetimes, link_keys: LinkKeys
) -> Item:
    """Apart from ``at``, depends only on the event and ``shards``, so writing an event again
    replaces its item."""
    sort = keys.event_sort(event.time, event.id)
    lifetime = lifetimes.signals if event.type in SIGNALS else lifetimes.events
    item: Item = {
        keys.PARTITION: {"S": keys.event_partition(event.site, keys.shard_of(event.id, shards))},
        keys.SORT: {"S": sort},
        AT: {"N": str(at)},
        keys.TTL: {"N": str(event.time // 1000 + lifetime)},
    }
    if event.previous_visitor is not None:
        mask = _mask(link_keys[day_of(event.time)], event)
        item[LINK] = {"N": str((event.previous_visitor & _LOW_64_BITS) ^ mask)}
        event = msgspec.structs.replace(event, previous_visitor=None)
    item[BODY] = {"S": _encode(event).decode()}
    return item


def to_event(item: Item, link_keys: LinkKeys) -> Event:
    return _linked(_decode(item[BODY]["S"]), item, link_keys)


def to_events(items: list[Item], link_keys: LinkKeys) -> list[Event]:
    """Decode many items at once, in the same order."""
    events = _decode_many("[" + ",".join([item[BODY]["S"] for item in items]) + "]")
    return [
        _linked(event, item, link_keys) if LINK in item else event
        for event, item in zip(events, items, strict=True)
    ]


def _linked(event: Event, item: Item, link_keys: LinkKeys) -> Event:
    key = link_keys.get(day_of(event.time)) if LINK in item else None
    if key is None:
        return event
    unsigned = int(item[LINK]["N"]) ^ _mask(key, event)
    previous = unsigned - (1 << 64) if unsigned & _SIGN_BIT else unsigned
    return msgspec.structs.replace(event, previous_visitor=previous)


def _mask(key: bytes, event: Event) -> int:
    """64 bits unique to the event, so that the masked links of one visitor differ."""
    name = f"{event.site}#{event.time}#{event.id}".encode()
    return int.from_bytes(blake2b(name, key=key, digest_size=8).digest())

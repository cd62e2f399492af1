"""An event as an item of the table, and back.

``body`` is the event as the JSON array that ``Event`` encodes to, but for ``previous_visitor``,
which ties two days together. That lies beside it in ``link``, veiled under the link key of the
event's UTC day. When that key is deleted, every link of the day is gone, from copies too, and
no event has to be written again.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, TypeAlias

import msgspec

from footfall.engines.dynamodb import keys
from footfall.model import Event

Item: TypeAlias = dict[str, dict[str, Any]]

BODY = "body"
AT = "at"
"""When the item was written, ms, by its writer's clock."""
LINK = "link"

SIGNALS = frozenset({"ping", "leave"})
DAY_MS = 86_400_000
_LOW_64_BITS = (1 << 64) - 1
_SIGN_BIT = 1 << 63

LinkKeys: TypeAlias = Mapping[int, bytes]
"""From days since the epoch to 32 random bytes; a day that is not there has no links."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode
_decode_many = msgspec.json.Decoder(list[Event]).decode


class Lifetimes(msgspec.Struct, frozen=True):
    """For how many seconds after its time an event is kept at least."""

    events: int
    signals: int


def day_of(time: int) -> int:
    return time // DAY_MS


def to_item(
    event: Event, *, shards: int, at: int, lifetimes: Lifetimes, link_keys: LinkKeys
) -> Item:
    """Follows from the event alone but for ``at``: written again, it is the same item."""
    sort = keys.event_sort(event.time, event.id)
    lifetime = lifetimes.signals if event.type in SIGNALS else lifetimes.events
    item: Item = {
        keys.PARTITION: {"S": keys.event_partition(event.site, keys.shard_of(event.id, shards))},
        keys.SORT: {"S": sort},
        AT: {"N": str(at)},
        keys.TTL: {"N": str(event.time // 1000 + lifetime)},
    }
    if event.previous_visitor is not None:
        veil = _veil(link_keys[day_of(event.time)], event)
        item[LINK] = {"N": str((event.previous_visitor & _LOW_64_BITS) ^ veil)}
        event = msgspec.structs.replace(event, previous_visitor=None)
    item[BODY] = {"S": _encode(event).decode()}
    return item


def to_event(item: Item, link_keys: LinkKeys) -> Event:
    return _linked(_decode(item[BODY]["S"]), item, link_keys)


def to_events(items: list[Item], link_keys: LinkKeys) -> list[Event]:
    """Many at once, in the same order."""
    events = _decode_many("[" + ",".join([item[BODY]["S"] for item in items]) + "]")
    return [
        _linked(event, item, link_keys) if LINK in item else event
        for event, item in zip(events, items, strict=True)
    ]


def _linked(event: Event, item: Item, link_keys: LinkKeys) -> Event:
    key = link_keys.get(day_of(event.time)) if LINK in item else None
    if key is None:
        return event
    unsigned = int(item[LINK]["N"]) ^ _veil(key, event)
    previous = unsigned - (1 << 64) if unsigned & _SIGN_BIT else unsigned
    return msgspec.structs.replace(event, previous_visitor=previous)


def _veil(key: bytes, event: Event) -> int:
    """64 bits that only this event has, so that one visitor's links do not look alike."""
    name = f"{event.site}#{event.time}#{event.id}".encode()
    return int.from_bytes(blake2b(name, key=key, digest_size=8).digest())

"""``POST /api/event``, as Plausible's scripts and its Events API have it."""

from collections.abc import Iterable

import msgspec

from footfall.collect.dialects.decoding import decoded, routed_by_hash
from footfall.collect.wire import OtherEvent, Props, Url, WireEvent
from footfall.errors import InvalidInput
from footfall.model import EventType, Scalar

PAGE_VIEW = "pageview"
ENGAGEMENT = "engagement"
OUTBOUND = "Outbound Link: Click"
MAX_SITES = 10
"""That one event may be for."""


class PlausibleEvent(msgspec.Struct, frozen=True):
    """Scripts use the short names, other programs the long ones."""

    n: str | None = None
    name: str | None = None
    u: Url | None = None
    url: Url | None = None
    d: str | None = None
    domain: str | None = None
    r: Url | None = None
    referrer: Url | None = None
    p: Props | str | None = None
    props: Props | str | None = None
    h: int | bool | None = None
    """The page's path is behind ``#``."""


_decoder = msgspec.json.Decoder(PlausibleEvent)
_props = msgspec.json.Decoder(Props)


def read(body: bytes) -> Iterable[WireEvent | OtherEvent]:
    """An event for each of its domains."""
    found = decoded(_decoder, body)
    name = _needed(found.n or found.name, "name (n)")
    url = _needed(found.u or found.url, "url (u)")
    sites = _needed(found.d or found.domain, "domain (d)").split(",")
    if len(sites) > MAX_SITES:
        raise InvalidInput(f"domain has more than {MAX_SITES} names: send several events", "domain")
    props = found.p or found.props
    kind, props = _kind(name, decoded(_props, props) if isinstance(props, str) else props)
    return [
        WireEvent(
            site=site.strip(),
            type=kind,
            url=routed_by_hash(url) if found.h else url,
            referrer=found.r or found.referrer,
            props=props,
        )
        for site in sites
    ]


def _kind(name: str, props: dict[str, Scalar] | None) -> tuple[EventType, dict[str, Scalar] | None]:
    if name == PAGE_VIEW:
        return "pageview", props
    if name == ENGAGEMENT:  # someone was there until now
        return "ping", None
    if name == OUTBOUND and props and "url" in props:
        return "outbound", props
    return "event", {**(props or {}), "name": name}


def _needed(value: str | None, field: str) -> str:
    if not value:
        raise InvalidInput(f"the event has no {field}: add it", field.partition(" ")[0])
    return value

"""One event of a body becomes a hit, or a reason why it is not wanted."""

from footfall.collect.address import Address, parse_address
from footfall.collect.caller import MAX_USER_AGENT, Caller
from footfall.collect.gate import Gate
from footfall.collect.ids import random_ids
from footfall.collect.urls import WEB, CutUrl, cut, utm
from footfall.collect.wire import WireEvent
from footfall.errors import InvalidInput, NotAllowed
from footfall.model import DropReason, EventType, Hit, Scalar, SiteRules

MAX_AHEAD_MS = 5000
MAX_NAME = 128
NEEDS = ("event", "outbound")
"""The types that say nothing without properties."""
SIGNALS = ("ping", "leave")
A_WEB_URL = "send an absolute http or https URL"


class Collector:
    """``(WireEvent, SiteRules, Caller) → Hit | DropReason``. Raises InvalidInput, NotAllowed.

    What is not valid is said before what is not wanted. ``retention_ms`` is how far back
    the window reaches: older events could not count any more.
    """

    def __init__(self, retention_ms: int) -> None:
        self._retention_ms = retention_ms
        self._gates: dict[str, Gate] = {}
        self._ids = random_ids()

    def __call__(self, wire: WireEvent, rules: SiteRules, caller: Caller) -> Hit | DropReason:
        time, address, user_agent = caller.now, caller.address, caller.user_agent
        if caller.write_site is not None:
            time, address, user_agent = _told(wire, caller)
        page = _web_url(wire.url, "u")
        event_id = _own_id(wire) or next(self._ids)
        props = wire.props
        if props is not None or wire.type in NEEDS:
            props = _checked_props(wire.type, props or {})
        if time != caller.now:
            reason = self._out_of_time(time, caller.now)
            if reason is not None:
                return reason
            time = time if time < caller.now else caller.now
        reason = self._gate(rules).refuse(page, address, caller)
        if reason is not None:
            return reason
        return Hit(
            site=wire.site,
            type=wire.type,
            time=time,
            id=event_id,
            host=page.host,
            path=page.path,
            address=address.text,
            network=address.network,
            user_agent=user_agent,
            sid=wire.sid,
            title=wire.title or None,
            referrer=_referrer(wire.referrer) if wire.referrer else None,
            screen_width=wire.screen_width,
            screen_height=wire.screen_height,
            props=props,
            utm=utm(wire.url) if wire.type == "pageview" else None,
        )

    def _out_of_time(self, time: int, now: int) -> DropReason | None:
        if time > now + MAX_AHEAD_MS:
            return DropReason.FUTURE
        return DropReason.STALE if time < now - self._retention_ms else None

    def _gate(self, rules: SiteRules) -> Gate:
        gate = self._gates.get(rules.site.id)
        if gate is None or gate.rules is not rules:
            gate = self._gates[rules.site.id] = Gate(rules)
        return gate


def _told(wire: WireEvent, caller: Caller) -> tuple[int, Address, str]:
    """Time, address and user agent on the word of a caller with a write token."""
    if wire.ts is None and wire.ip is None and wire.ua is None:
        return caller.now, caller.address, caller.user_agent
    if wire.site != caller.write_site:
        raise NotAllowed(
            f"ts, ip and ua are heard only with a write token of {wire.site!r}, "
            f"and this one is for {caller.write_site!r}: send its events apart"
        )
    address = caller.address if wire.ip is None else parse_address(wire.ip)
    if address is None:
        raise InvalidInput("ip is no IP address: send it as 203.0.113.7 or 2001:db8::7", "ip")
    return (
        caller.now if wire.ts is None else wire.ts,
        address,
        caller.user_agent if wire.ua is None else wire.ua[:MAX_USER_AGENT],
    )


def _web_url(url: Scalar, field: str) -> CutUrl:
    try:
        page = cut(url if isinstance(url, str) else "")
    except ValueError as error:
        raise InvalidInput(f"{field} is not valid: {error}: {A_WEB_URL}", field) from None
    if page.scheme not in WEB:
        raise InvalidInput(f"{field} is not on the web: {A_WEB_URL}", field)
    return page


def _own_id(wire: WireEvent) -> str | None:
    """Pings and leaves count no more when they come twice, so theirs is not heard."""
    if wire.id is None or wire.type in SIGNALS:
        return None
    if not wire.id.isprintable():
        raise InvalidInput("id is not valid: 1 to 64 printable characters", "id")
    return wire.id


def _referrer(url: str) -> str | None:
    """None for what names no place, as ``about:blank``: the browser's fault, not the page's."""
    try:
        return cut(url).text
    except ValueError:
        return None


def _checked_props(kind: EventType, props: dict[str, Scalar]) -> dict[str, Scalar] | None:
    """``p.name`` of an event is checked, ``p.url`` of an outbound click checked and cut."""
    if kind == "event":
        name = props.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
            raise InvalidInput(f"an event needs a name of 1 to {MAX_NAME} characters", "p.name")
    elif kind == "outbound":
        props["url"] = _web_url(props.get("url"), "p.url").text
    return props or None

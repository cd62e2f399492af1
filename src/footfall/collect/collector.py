"""Turns one event of a body into a hit, or a reason to drop it."""

from collections.abc import Iterator
from secrets import token_urlsafe

from footfall.collect.address import Address, parse_address
from footfall.collect.caller import MAX_USER_AGENT, Caller
from footfall.collect.site_filter import SiteFilter
from footfall.collect.wire import WireEvent
from footfall.errors import InvalidInput, NotAllowed
from footfall.model import SIGNALS, DropReason, Hit, Scalar, SiteRules
from footfall.times import MAX_AHEAD_MS
from footfall.urls import WEB, CutUrl, cut, utm

MAX_NAME = 128
NEEDS_PROPERTIES = ("event", "outbound")
ID_LENGTH = 16
ID_BYTES = ID_LENGTH * 3 // 4
IDS_AT_ONCE = 256
OWNERS, ANYONES = "owner/", "any/"
"""Mark ids by who sent them; our own ids have no slash."""
WEB_URL_HINT = "send an absolute http or https URL"


class Collector:
    """Validates events and applies the rules of their sites.

    ``retention_ms`` is how far back the window reaches: older events can no longer count.
    """

    def __init__(self, retention_ms: int) -> None:
        self._retention_ms = retention_ms
        self._site_filters: dict[str, SiteFilter] = {}
        self._ids = random_ids()

    def collect(self, wire: WireEvent, rules: SiteRules, caller: Caller) -> Hit | DropReason:
        """Validate the event, then look for a reason to drop it. Raises InvalidInput and
        NotAllowed."""
        time, address, user_agent = caller.now, caller.address, caller.user_agent
        if caller.write_site is not None:
            time, address, user_agent = _claimed(wire, caller)
        page = _web_url(wire.url, "u")
        event_id = _own_id(wire, caller) or next(self._ids)
        props = wire.props
        if props is not None or wire.type in NEEDS_PROPERTIES:
            props = _checked_props(wire, props or {})
        if time != caller.now:
            reason = self._out_of_time(time, caller.now)
            if reason is not None:
                return reason
            time = time if time < caller.now else caller.now
        reason = self._site_filter(rules).refuse(page, address, caller)
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
            place=caller.place if address is caller.address else None,
        )

    def foreign_host(self, url: Scalar, rules: SiteRules, origin: str | None) -> str | None:
        """The host for which an event of ``url`` was dropped as foreign."""
        return self._site_filter(rules).foreign_host(_web_url(url, "u"), origin)

    def _out_of_time(self, time: int, now: int) -> DropReason | None:
        if time > now + MAX_AHEAD_MS:
            return DropReason.FUTURE
        return DropReason.STALE if time < now - self._retention_ms else None

    def _site_filter(self, rules: SiteRules) -> SiteFilter:
        site_filter = self._site_filters.get(rules.site.id)
        if site_filter is None or site_filter.rules is not rules:
            site_filter = self._site_filters[rules.site.id] = SiteFilter(rules)
        return site_filter


def _claimed(wire: WireEvent, caller: Caller) -> tuple[int, Address, str]:
    """The time, address and user agent that a caller with a write token sends."""
    if wire.ts is None and wire.ip is None and wire.ua is None:
        return caller.now, caller.address, caller.user_agent
    if wire.site != caller.write_site:
        raise NotAllowed(
            f"ts, ip and ua need a write token of {wire.site!r}, "
            f"and this one is for {caller.write_site!r}: send its events separately"
        )
    address = caller.address if wire.ip is None else parse_address(wire.ip)
    if address is None:
        raise InvalidInput("ip is not an IP address: send it as 203.0.113.7 or 2001:db8::7", "ip")
    return (
        caller.now if wire.ts is None else wire.ts,
        address,
        caller.user_agent if wire.ua is None else wire.ua[:MAX_USER_AGENT],
    )


def _web_url(url: Scalar, field: str) -> CutUrl:
    try:
        page = cut(url if isinstance(url, str) else "")
    except ValueError as error:
        raise InvalidInput(f"{field} is not valid: {error}: {WEB_URL_HINT}", field) from None
    if page.scheme not in WEB:
        raise InvalidInput(f"{field} is not a web address: {WEB_URL_HINT}", field)
    return page


def _own_id(wire: WireEvent, caller: Caller) -> str | None:
    """The id that the caller sent, if any, marked with whose it is: a stranger who guesses the
    owner's next id must not make that event a repetition. None for pings and leaves: repeating
    them changes nothing, so they need no id."""
    if wire.id is None or wire.type in SIGNALS:
        return None
    if not wire.id.isprintable():
        raise InvalidInput("id is not valid: 1 to 64 printable characters", "id")
    return f"{OWNERS if caller.write_site == wire.site else ANYONES}{wire.id}"


def _referrer(url: str) -> str | None:
    """None for a referrer without a host, like ``about:blank``, which is not an error."""
    try:
        return cut(url).text
    except ValueError:
        return None


def _checked_props(wire: WireEvent, props: dict[str, Scalar]) -> dict[str, Scalar] | None:
    """Check ``p.name`` of an event; check and cut ``p.url`` of an outbound click."""
    if wire.type == "event":
        if wire.event_name is not None:
            props.setdefault("name", wire.event_name)
        if wire.event_value is not None:
            props.setdefault("value", wire.event_value)
        name = props.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
            raise InvalidInput(f"an event needs a name of 1 to {MAX_NAME} characters", "p.name")
    elif wire.type == "outbound":
        props["url"] = _web_url(props.get("url"), "p.url").text
    return props or None


def random_ids() -> Iterator[str]:
    """Yield ids of 16 URL-safe characters, 96 random bits each.

    They can't be guessed: anyone who knew a future id could send it first, and the real event would
    not count. Random bytes are fetched for many ids at once, as each fetch is a system call.
    """
    while True:
        text = token_urlsafe(ID_BYTES * IDS_AT_ONCE)
        for start in range(0, ID_LENGTH * IDS_AT_ONCE, ID_LENGTH):
            yield text[start : start + ID_LENGTH]

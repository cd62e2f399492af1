"""The data that travels through Footfall: plain structs, no behaviour.

Times are whole milliseconds since the Unix epoch, UTC, unless a name says otherwise.
"""

from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

EventType = Literal["pageview", "event", "outbound", "ping", "leave"]
"""What a tab can report. Goals are not sent: they are derived from page views and custom events."""

Scope = Literal["read", "write", "admin"]
GoalKind = Literal["path", "event"]
GoalMatch = Literal["exact", "contains", "starts_with", "pattern"]
Scalar = str | int | float | bool | None

PeriodName: TypeAlias = Literal[
    "today",
    "yesterday",
    "24h",
    "7d",
    "28d",
    "30d",
    "90d",
    "12mo",
    "month",
    "year",
    "all",
    "custom",
]
"""What a report can be about, in the site's time zone; ``custom`` goes with two days or times."""
Interval: TypeAlias = Literal["hour", "day", "week", "month"]
Comparison: TypeAlias = Literal["previous", "year"]

MAX_RETENTION_MINUTES = 60
"""The longest retention that can be set."""
DEFAULT_MINUTES = 5
"""The length of the window, unless a reader asks for another."""
DEFAULT_LIMIT = 20
"""Rows per list, unless a reader asks for another number."""

SIGNALS: frozenset[EventType] = frozenset({"ping", "leave"})
"""Types that say only whether a tab is visible. They need no id: repeating them is harmless."""

Offset: TypeAlias = int
"""A place in the event log as one node sees it; it grows with every delivered batch."""


class DropReason(StrEnum):
    """Why a valid event was dropped on purpose; each has a counter on ``/metrics``."""

    BOT = "bot"
    EXCLUDED_PATH = "excluded_path"
    EXCLUDED_IP = "excluded_ip"
    DO_NOT_TRACK = "do_not_track"
    FOREIGN_HOST = "foreign_host"
    STALE = "stale"
    FUTURE = "future"
    UNSUPPORTED = "unsupported"


class Hit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One valid event as its caller sent it. It holds the address, so it is never stored."""

    site: str
    type: EventType
    time: int
    id: str
    host: str
    path: str
    address: str
    network: str
    """What identifies a visitor: the full IPv4 address, or the /64 of an IPv6 address."""
    user_agent: str
    sid: str | None = None
    title: str | None = None
    referrer: str | None = None
    screen_width: int | None = None
    screen_height: int | None = None
    props: dict[str, Scalar] | None = None
    utm: dict[str, str] | None = None
    """``source``, ``medium``, ``campaign``, ``term``, ``content`` from the page's URL."""
    place: "GeoPlace | None" = None
    """As a trusted proxy says."""


class GeoPlace(msgspec.Struct, frozen=True, gc=False):
    """``country`` is ISO 3166-1 alpha-2, ``region`` like ``"Bavaria, DE"``, ``city`` like
    ``"Munich, Bavaria, DE"``: each None where it is not known, and distinct among all."""

    country: str | None = None
    region: str | None = None
    city: str | None = None


def named_place(country: str | None, region: str | None, city: str | None) -> GeoPlace:
    """From names as others give them, each within its country."""
    return GeoPlace(
        country,
        _listed(region, country) if region else None,
        _listed(city, region, country) if city else None,
    )


def _listed(*names: str | None) -> str:
    return ", ".join(name for name in names if name)


class Event(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One event as the log stores it and the window counts it. No address, no full URL.

    ``visitor`` is a signed 64-bit keyed hash of (site, address, user agent) with the salt of the
    event's UTC day. ``previous_visitor`` is the same with the salt of the day before; it is present
    for one retention after midnight, so that the window recognizes the visitor.
    ``source`` is set for an arrival from outside (a page view whose referrer is not the site
    itself; ``"Direct"`` without one) and None for everything else.
    Stores keep an event as the array that it encodes to: add new fields at the end, with a default.
    """

    site: str
    time: int
    id: str
    type: EventType
    visitor: int
    host: str
    path: str
    previous_visitor: int | None = None
    sid: str | None = None
    title: str | None = None
    name: str | None = None
    url: str | None = None
    referrer: str | None = None
    source: str | None = None
    campaign: str | None = None
    country: str | None = None
    device: str | None = None
    browser: str | None = None
    os: str | None = None
    goals: tuple[str, ...] = ()
    utm: dict[str, str] | None = None
    props: dict[str, Scalar] | None = None
    region: str | None = None
    city: str | None = None


TotalsDimension: TypeAlias = Literal[
    "",
    "path",
    "entry_path",
    "exit_path",
    "source",
    "campaign",
    "country",
    "device",
    "browser",
    "os",
    "event",
    "goal",
]


class DayTotals(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a site as another product counted it: all of it, or those of its visits that have
    the dimension's value."""

    day: date
    """In the site's time zone."""
    dimension: TotalsDimension = ""
    value: str = ""
    visitors: int = 0
    visits: int = 0
    page_views: int = 0
    bounces: int = 0
    visit_seconds: int = 0
    """Of all visits together."""
    count: int = 0
    """Of events, or completions."""
    provider: str
    """The product."""


class Batch(msgspec.Struct, frozen=True):
    """Committed events, in the order in which one node's log delivers them."""

    offset: Offset
    """The offset after the batch."""
    events: list[Event]


class MinuteCounts(msgspec.Struct, frozen=True, array_like=True):
    """A site's live counters as they stood at the end of a UTC minute.

    Stores keep it as these numbers in this order: add new fields at the end, with a default.
    """

    minute: int
    """Whole minutes since the epoch."""
    current_visitors: int
    """Of the last ``DEFAULT_MINUTES``."""
    present_visitors: int
    visitors: int
    """The distinct ones of this minute."""
    page_views: int


class Position(msgspec.Struct, frozen=True):
    """A subscriber's place in a live channel: versions compare only within one epoch."""

    epoch: str
    version: int


class Site(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A site and its rules. ``exclude_ips`` (addresses or networks) is the only place where
    addresses are stored."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """What scripts of other products may call it, like the UUID of Umami."""
    public: bool = False
    public_history: bool = False
    """Whether those who may only look, on a public page or by a share link, see the past too."""
    public_visits: bool = False
    """Whether everybody who sees the public page may open the story of a single visit."""
    time_zone: str = "UTC"
    """An IANA name: says when its days begin."""
    exclude_paths: tuple[str, ...] = ()
    exclude_ips: tuple[str, ...] = ()
    honour_dnt: bool = True


class Goal(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``kind="path"`` matches a page view's path by ``match``; ``kind="event"`` matches a
    custom event's name exactly. ``match="pattern"`` is an RE2 expression."""

    id: str
    site_id: str
    name: str
    kind: GoalKind
    match: GoalMatch = "exact"
    value: str


class SiteRules(msgspec.Struct, frozen=True):
    """What collect and enrich need to know about one site."""

    site: Site
    goals: tuple[Goal, ...] = ()


class Token(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An API token. ``digest`` is the SHA-256 of the secret, in hex; the secret is shown once.

    ``site_id`` None means every site (read and admin only; a write token belongs to one).
    """

    id: str
    scope: Scope
    digest: str
    created: int
    site_id: str | None = None
    name: str = ""


class BrowserSession(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A browser that signed in with a token. ``digest`` is the SHA-256 of its cookie's secret, in
    hex; ``seal`` ties it to the token's digest. See ``catalog.sessions``."""

    id: str
    token_id: str
    digest: str
    seal: str
    created: int
    expires: int

"""What a request's headers say about its caller: address, permission and do-not-track."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from footfall.clock import Clock
from footfall.collect.address import LOCAL, Address, HeaderFields, TrustedProxies, forwarded_for
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated
from footfall.model import GeoPlace, named_place

MAX_USER_AGENT = 512


class Caller(msgspec.Struct, frozen=True, gc=False):
    """What all events in a request's body have in common."""

    now: int
    address: Address
    user_agent: str
    do_not_track: bool = False
    """``DNT: 1`` or ``Sec-GPC: 1``."""
    origin: str | None = None
    write_site: str | None = None
    """The site of the caller's write token, if it has one: its ``ts``, ``ip`` and ``ua`` are
    trusted."""
    place: GeoPlace | None = None
    """Where ``address`` is, as a trusted proxy says."""


class GeoHeaders(msgspec.Struct, frozen=True):
    """The names of headers that tell where the visitor is."""

    country: bytes
    region: bytes
    city: bytes


GEO_HEADERS = {
    "cloudflare": GeoHeaders(b"cf-ipcountry", b"cf-region", b"cf-ipcity"),
    "cloudfront": GeoHeaders(
        b"cloudfront-viewer-country",
        b"cloudfront-viewer-country-region-name",
        b"cloudfront-viewer-city",
    ),
    "vercel": GeoHeaders(
        b"x-vercel-ip-country", b"x-vercel-ip-country-region", b"x-vercel-ip-city"
    ),
}
"""Of these networks, where they are told to send them."""
_COUNTRY = re.compile(rb"[A-Z]{2}")
_NOWHERE = frozenset({b"XX", b"ZZ", b"T1"})
"""Unknown, and Tor."""
_MAX_NAME = 64


class Callers:
    """Reads a request's headers and applies the rate limit of its address.

    ``write_site`` maps the secret of a write token to its site, and other secrets to None. A caller
    with a write token is a server that acts for many visitors, so it is not rate limited.
    """

    def __init__(
        self,
        proxies: TrustedProxies,
        limiter: RateLimiter,
        write_site: Callable[[str], str | None],
        now: Clock,
        geo_headers: str = "",
    ) -> None:
        """``geo_headers`` is one of ``GEO_HEADERS``, or empty."""
        self._proxies = proxies
        self._limiter = limiter
        self._write_site = write_site
        self._now = now
        self._geo_headers = GEO_HEADERS.get(geo_headers)

    def read(self, headers: HeaderFields, peer: str | None) -> Caller:
        """``peer`` is None for a Unix socket, which only this machine can reach.

        Raises RateLimited, and NotAuthenticated for a token that is not a write token.
        """
        found = dict(headers)
        now = self._now()
        address = self._proxies.client(peer or LOCAL, forwarded_for(found, headers))
        authorization = found.get(b"authorization")
        write_site = None if authorization is None else self._site_of(authorization)
        if write_site is None:
            self._limiter.charge(address)
            if authorization is not None:
                raise NotAuthenticated(
                    "this is not a write token: send Authorization: Bearer with a token made by "
                    "`footfall token create --scope write`, or no Authorization at all"
                )
        origin = found.get(b"origin")
        return Caller(
            now,
            address,
            found.get(b"user-agent", b"")[:MAX_USER_AGENT].decode("latin-1"),
            found.get(b"dnt") == b"1" or found.get(b"sec-gpc") == b"1",
            None if origin is None else origin.decode("latin-1"),
            write_site,
            None if self._geo_headers is None else self._place(found, peer, self._geo_headers),
        )

    def _place(
        self, found: Mapping[bytes, bytes], peer: str | None, names: GeoHeaders
    ) -> GeoPlace | None:
        """None unless a trusted proxy says it."""
        country = found.get(names.country, b"")
        if not _COUNTRY.fullmatch(country) or country in _NOWHERE:
            return None
        if not self._proxies.trusts(peer or LOCAL):
            return None
        region, city = found.get(names.region, b""), found.get(names.city, b"")
        return named_place(country.decode(), _place_name(region), _place_name(city))

    def with_time(self, caller: Caller) -> Caller:
        """``caller`` as of now: an event happens when its body is complete, not when a request was
        opened that holds its body back."""
        return msgspec.structs.replace(caller, now=self._now())

    def _site_of(self, authorization: bytes) -> str | None:
        scheme, _, secret = authorization.decode("latin-1").partition(" ")
        return self._write_site(secret.strip()) if scheme.lower() == "bearer" else None


def _place_name(value: bytes) -> str | None:
    """Some encode it as in URLs."""
    name = unquote_to_bytes(value).decode("utf-8", "replace").strip()[:_MAX_NAME]
    return name if name and name.isprintable() else None

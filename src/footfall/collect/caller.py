"""What a request's headers say about its caller: address, permission and do-not-track."""

from collections.abc import Callable

import msgspec

from footfall.clock import Clock
from footfall.collect.address import LOCAL, Address, HeaderFields, TrustedProxies, forwarded_for
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated

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
    ) -> None:
        self._proxies = proxies
        self._limiter = limiter
        self._write_site = write_site
        self._now = now

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
        )

    def with_time(self, caller: Caller) -> Caller:
        """``caller`` as of now: an event happens when its body is complete, not when a request was
        opened that holds its body back."""
        return msgspec.structs.replace(caller, now=self._now())

    def _site_of(self, authorization: bytes) -> str | None:
        scheme, _, secret = authorization.decode("latin-1").partition(" ")
        return self._write_site(secret.strip()) if scheme.lower() == "bearer" else None

"""Admits requests: whoever holds a token always, strangers as far as their address may ask.

The one gate for callers without a token: the dispatcher asks it ahead of routing, so that no route
is without a limit, and each operation with what it declares (``principal.Cost``).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.requests import HTTPConnection
from starlette.types import Scope

from footfall.collect.address import Address, TrustedProxies
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated, Overloaded
from footfall.http.auth.access import Access
from footfall.http.auth.authenticator import Authenticator
from footfall.model import Site
from footfall.principal import LIGHT, READ, Cost, Principal, Rate, Stranger

PAID = "footfall.paid"
"""Where a scope has the rates of its address that the request has counted towards."""
CREDENTIAL_HEADERS = (b"authorization", b"cookie")
TOO_LONG = (
    "this took longer than the {seconds:g} s that it may without a token: ask for less, use a "
    "token, or try again later"
)


class Admission:
    """An unknown token is a stranger's: guessing is limited like reading. ``refused`` counts what
    was ended or refused for its ``seconds`` or ``bytes``."""

    def __init__(
        self,
        authenticator: Authenticator,
        proxies: TrustedProxies,
        limiters: Mapping[Rate, RateLimiter],
    ) -> None:
        self.refused: Counter[str] = Counter(seconds=0, bytes=0)
        self._authenticator = authenticator
        self._proxies = proxies
        self._limiters = limiters

    async def access(self, connection: HTTPConnection, costs: Cost) -> Access:
        """Who is asking. Raises RateLimited, and what ``Authenticator.access`` raises."""
        network = self.address(connection.scope).network
        try:
            access = self._authenticator.access(connection, network)
        except NotAuthenticated:
            self.charge(connection.scope, costs)
            raise
        if access.token is not None:
            return access
        self.charge(connection.scope, costs)
        if await self._authenticator.learns_session(connection):
            return self._authenticator.access(connection, network)
        return access

    def anybody(self, connection: HTTPConnection, costs: Cost) -> Access:
        """Who is asking for what needs no right: an unknown token is nobody's, since a probe must
        not fail with it. Raises RateLimited, and NotAllowed for a misused token."""
        network = self.address(connection.scope).network
        try:
            access = self._authenticator.access(connection, network)
        except NotAuthenticated:
            access = Access(network)
        if access.token is None:
            self.charge(connection.scope, costs)
        return access

    def caller(self, scope: Scope, access: Access, site: Site | None, costs: Cost) -> Principal:
        """Who asks for ``site``, or for whatever they may read. With a token of another site they
        are a stranger, and count as one. Raises RateLimited."""
        caller = access.principal(site, costs)
        if isinstance(caller, Stranger):
            self.charge(scope, costs)
        return caller

    def admit_stranger(self, scope: Scope) -> None:
        """Admit a read without any credential ahead of routing, so that refusing it costs little.
        Does nothing for others. Raises RateLimited."""
        if not _has_credential(scope):
            self.charge(scope, READ)

    def admit_light(self, scope: Scope) -> None:
        """The same for whatever else there is, which need be no operation. Raises RateLimited."""
        if not _has_credential(scope) or not self._authenticator.knows(HTTPConnection(scope)):
            self.charge(scope, LIGHT)

    @asynccontextmanager
    async def in_time(self, caller: Principal) -> AsyncIterator[None]:
        """End what a stranger asked for when it takes too long. Raises Overloaded."""
        if not isinstance(caller, Stranger):
            yield
            return
        seconds = caller.allowance.seconds
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            self.refused["seconds"] += 1
            raise Overloaded(TOO_LONG.format(seconds=seconds)) from None

    def address(self, scope: Scope) -> Address:
        return self._proxies.of(scope.get("client"), scope["headers"])

    def charge(self, scope: Scope, costs: Cost) -> None:
        """Count the request towards a rate of its address, once. Raises RateLimited."""
        paid: set[Rate] = scope.setdefault(PAID, set())
        if costs.rate not in paid:
            self._limiters[costs.rate].charge(self.address(scope))
            paid.add(costs.rate)


def _has_credential(scope: Scope) -> bool:
    """Whether there is anything that may be one."""
    if b"token=" in scope["query_string"]:
        return True
    return any(name in CREDENTIAL_HEADERS for name, _ in scope["headers"])

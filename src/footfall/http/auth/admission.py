"""Admits requests: whoever holds a token always, strangers as often as their address may ask."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from footfall.collect.address import Address, TrustedProxies
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated
from footfall.http.auth.access import Access
from footfall.http.auth.authenticator import Authenticator

ADMITTED = "footfall.admitted"
"""Where a scope has the address of a stranger who was admitted."""
CREDENTIAL_HEADERS = (b"authorization", b"cookie")


class Admission:
    """An unknown token is a stranger's: guessing is limited like reading."""

    def __init__(
        self, authenticator: Authenticator, proxies: TrustedProxies, limiter: RateLimiter
    ) -> None:
        self._authenticator = authenticator
        self._proxies = proxies
        self._limiter = limiter

    async def access(self, connection: HTTPConnection) -> Access:
        """Who is asking. Raises RateLimited, and what ``Authenticator.access`` raises."""
        try:
            access = self._authenticator.access(connection)
        except NotAuthenticated:
            self._admitted(connection.scope)
            raise
        if access.token is not None:
            return access
        address = self._admitted(connection.scope)
        if await self._authenticator.learns_session(connection):
            return self._authenticator.access(connection)
        return Access(network=address.network)

    def admit_stranger(self, scope: Scope) -> None:
        """Admit a request without any credential ahead of routing, so that refusing it costs
        little. Does nothing for others. Raises RateLimited."""
        if not _has_credential(scope):
            self._admitted(scope)

    def address(self, scope: Scope) -> Address:
        return self._proxies.of(scope.get("client"), scope["headers"])

    def _admitted(self, scope: Scope) -> Address:
        """The address of a stranger, which has paid once for each request. Raises RateLimited."""
        address: Address | None = scope.get(ADMITTED)
        if address is None:
            address = self.address(scope)
            self._limiter.charge(address)
            scope[ADMITTED] = address
        return address


def _has_credential(scope: Scope) -> bool:
    """Whether there is anything that may be one."""
    if b"token=" in scope["query_string"]:
        return True
    return any(name in CREDENTIAL_HEADERS for name, _ in scope["headers"])

"""Admits requests: whoever holds a token always, strangers as often as their address may ask."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from footfall.collect.address import Address, TrustedProxies
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated
from footfall.http.auth.access import Access
from footfall.http.auth.authenticator import Authenticator


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
            self._admit(self.address(connection.scope))
            raise
        if access.token is not None:
            return access
        address = self.address(connection.scope)
        self._admit(address)
        if await self._authenticator.learns_session(connection):
            return self._authenticator.access(connection)
        return Access(stranger=address.network)

    def stranger(self, scope: Scope) -> str | None:
        """The network of a stranger who may ask once more; None for one who may not."""
        address = self.address(scope)
        is_admitted = address.is_proxy or self._limiter.try_take(address.network)
        return address.network if is_admitted else None

    def address(self, scope: Scope) -> Address:
        return self._proxies.of(scope.get("client"), scope["headers"])

    def _admit(self, address: Address) -> None:
        if not address.is_proxy:
            self._limiter.take(address.network)

"""Admits requests: whoever holds a token always, strangers as often as their address may ask."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from footfall.collect.address import TrustedProxies, forwarded_for
from footfall.collect.caller import LOCAL
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

    def access(self, connection: HTTPConnection) -> Access:
        """Who is asking. Raises RateLimited, and what ``Authenticator.access`` raises."""
        try:
            access = self._authenticator.access(connection)
        except NotAuthenticated:
            self._limiter.take(self.network(connection.scope))
            raise
        if access.token is not None:
            return access
        network = self.network(connection.scope)
        self._limiter.take(network)
        return Access(stranger=network)

    def stranger(self, scope: Scope) -> str | None:
        """The network of a stranger who may ask once more; None for one who may not."""
        network = self.network(scope)
        return network if self._limiter.try_take(network) else None

    def network(self, scope: Scope) -> str:
        """The caller's address, or the /64 of it."""
        client, headers = scope.get("client"), scope["headers"]
        forwarded = forwarded_for(dict(headers), headers)
        return self._proxies.client(client[0] if client else LOCAL, forwarded).network

"""Signing in: which token, and how often an address may be wrong about it."""

import math

import structlog
from starlette.requests import HTTPConnection

from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAllowed, NotAuthenticated, RateLimited
from footfall.http.auth.admission import Admission
from footfall.http.auth.authenticator import Authenticator
from footfall.model import Token

logger = structlog.get_logger()

MINUTE_S = 60.0
SUCCESS_COST = 0.1
"""Of a wrong one: each makes a session, which the store keeps."""


class SignIns:
    """``failures`` counts sign-ins with unknown tokens."""

    def __init__(
        self, authenticator: Authenticator, admission: Admission, per_minute: float
    ) -> None:
        """``per_minute`` and address; an address that was wrong more often waits, whether its next
        token is right or not. 0: no limit."""
        self.failures = 0
        self.limiter = RateLimiter(per_minute / MINUTE_S, burst_seconds=MINUTE_S)
        self._authenticator = authenticator
        self._admission = admission
        self._wait = math.ceil(MINUTE_S / per_minute) if per_minute else 0

    def token(self, connection: HTTPConnection, secret: str) -> Token:
        """The token of ``secret``, if it may sign in. Raises RateLimited, NotAuthenticated,
        NotAllowed."""
        network = self._admission.network(connection.scope)
        try:
            self.limiter.take(network, 0)
        except RateLimited:
            raise RateLimited(
                "too many wrong tokens from your address: wait a minute, then sign in again",
                retry_after=self._wait,
            ) from None
        try:
            token = self._authenticator.token(secret)
        except NotAuthenticated:
            self.limiter.try_take(network)
            self.failures += 1
            logger.warning("sign_in.failed", failures=self.failures)
            raise
        if token.scope == "write":
            raise NotAllowed("a write token can't read: sign in with a read or an admin token")
        self.limiter.try_take(network, SUCCESS_COST)
        return token

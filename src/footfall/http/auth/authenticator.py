"""Identifies the caller: by Bearer token, ``?token=``, session cookie, or as nobody.

They are tried in this order and the first one present decides. An unknown token is refused, except
where nothing is needed. The cookie of a session that has ended, or that a socket of another
origin's page brings, counts as nobody, since browsers send cookies automatically.
"""

from contextlib import suppress

from starlette.requests import HTTPConnection

from footfall.catalog.cache import CatalogCache
from footfall.catalog.sessions import SECRET_LENGTH, is_open
from footfall.catalog.tokens import digest, settings_token
from footfall.clock import Clock
from footfall.errors import NotAllowed, NotAuthenticated, StoreUnavailable
from footfall.http.auth import session_cookie
from footfall.http.auth.access import Access
from footfall.model import Token

UNKNOWN = "this token is unknown or was revoked: ask for a new one"
NOT_IN_ADDRESSES = (
    "?token= takes only read tokens of one site, since URLs end up in browser histories: "
    "send Authorization: Bearer <token>"
)
FOREIGN_ORIGIN = (
    "a session cookie is accepted only from the dashboard's own pages: use a token instead"
)
BEARER = "Bearer "
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Authenticator:
    """Turns a connection's credentials into an ``Access``."""

    def __init__(self, catalog: CatalogCache, admin_token: str, now: Clock) -> None:
        """``admin_token`` is the setting, ``""`` for none."""
        self.unknown_tokens = 0
        """How many requests brought one."""
        self._catalog = catalog
        self._now = now
        self._admin = settings_token(digest(admin_token)) if admin_token else None

    def access(self, connection: HTTPConnection, network: str) -> Access:
        """``network`` is that of the caller's address. Raises NotAuthenticated for an unknown
        token, NotAllowed for a misused one."""
        header = connection.headers.get("authorization")
        if header is not None:
            return Access(network, self.token(_bearer(header)), "header")
        secret = connection.query_params.get("token")
        if secret is not None:
            return Access(network, self._query_token(secret), "query")
        cookie = connection.cookies.get(session_cookie.NAME)
        token = self._cookie_token(cookie) if cookie is not None else None
        if token is None or not _may_use_cookie(connection):
            return Access(network)
        return Access(network, token, "cookie")

    def knows(self, connection: HTTPConnection) -> bool:
        """Whether the connection brings a token or a session that there is, be it misused."""
        header = connection.headers.get("authorization")
        secret = connection.query_params.get("token") if header is None else header[len(BEARER) :]
        if secret is not None:
            return self._find(secret.strip()) is not None
        return self._cookie_token(connection.cookies.get(session_cookie.NAME, "")) is not None

    async def learns_session(self, connection: HTTPConnection) -> bool:
        """Whether the connection's session, unknown until now, is in the catalog: another node may
        have opened it a moment ago."""
        secret = connection.cookies.get(session_cookie.NAME, "")
        if len(secret) != SECRET_LENGTH or self._catalog.session(secret) is not None:
            return False
        with suppress(StoreUnavailable):
            await self._catalog.refresh()
        return self._catalog.session(secret) is not None

    def token(self, secret: str) -> Token:
        """The token of a secret. Raises NotAuthenticated."""
        token = self._find(secret)
        if token is None:
            self.unknown_tokens += 1
            raise NotAuthenticated(UNKNOWN)
        return token

    def _find(self, secret: str) -> Token | None:
        token = self._catalog.token(secret)
        if token is None and self._admin is not None and digest(secret) == self._admin.digest:
            token = self._admin
        return token

    def _query_token(self, secret: str) -> Token:
        token = self.token(secret)
        if token.scope != "read" or token.site_id is None:
            raise NotAllowed(NOT_IN_ADDRESSES)
        return token

    def _cookie_token(self, cookie: str) -> Token | None:
        """The token of a session; None for a cookie of none that is open."""
        session = self._catalog.session(cookie)
        token = self._token_by_id(session.token_id) if session is not None else None
        if session is None or token is None or not is_open(session, cookie, token, self._now()):
            return None
        return token

    def _token_by_id(self, token_id: str) -> Token | None:
        if self._admin is not None and token_id == self._admin.id:
            return self._admin
        return self._catalog.token_by_id(token_id)


def same_origin(connection: HTTPConnection) -> bool:
    """Whether there is an Origin header and it names the requested host."""
    host = connection.headers.get("origin", "").partition("://")[2]
    return bool(host) and host == connection.headers.get("host")


def _bearer(header: str) -> str:
    """The secret of an Authorization header. Raises NotAuthenticated."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAuthenticated("Authorization must read: Bearer <token>")
    return secret.strip()


def _may_use_cookie(connection: HTTPConnection) -> bool:
    """Writes and sockets only from this host's own pages. Reads from anywhere, since a page of
    another origin can't see their answers. Raises NotAllowed for a foreign write."""
    is_socket = connection.scope["type"] == "websocket"
    is_read = not is_socket and connection.scope["method"] in SAFE_METHODS
    if is_read or same_origin(connection):
        return True
    if is_socket:
        return False
    raise NotAllowed(FOREIGN_ORIGIN)

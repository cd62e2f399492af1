"""Who is asking, and what they may: Bearer token, ``?token=``, session cookie, or nobody.

The order is that one; the first credential that is there counts, and an unknown token is
refused even where nobody would have been let in. A dead session cookie is nobody, since the
browser sends it by itself.
"""

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from starlette.requests import HTTPConnection

from footfall.catalog.directory import Directory
from footfall.catalog.tokens import digest
from footfall.errors import NotAllowed, NotAuthenticated
from footfall.http import cookie as session_cookie
from footfall.model import Site, Token

Means: TypeAlias = Literal["nothing", "header", "query", "cookie"]

UNKNOWN = "this token is not known or was revoked: ask for a new one"
ANONYMOUS = "this needs a token: send Authorization: Bearer <token>, or sign in to the dashboard"
NOT_YOURS = "this token has not the right: use one of scope {scope} for {place}"
NOT_IN_ADDRESSES = (
    "?token= is heard only for read tokens of one site, since addresses are kept in histories: "
    "send Authorization: Bearer <token>"
)
FOREIGN_ORIGIN = (
    "a session cookie is heard only from the dashboard's own pages: use a token instead"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Access(msgspec.Struct, frozen=True):
    """What one caller may do. admin ⊃ read; a token of one site ends at that site."""

    token: Token | None = None
    means: Means = "nothing"

    def may_read(self, site: Site) -> bool:
        return site.public or (
            self.token is not None
            and self.token.scope in ("read", "admin")
            and self.token.site_id in (None, site.id)
        )

    def may_admin(self, site_id: str | None) -> bool:
        """``None``: every site, present and future."""
        return (
            self.token is not None
            and self.token.scope == "admin"
            and self.token.site_id in (None, site_id)
        )

    def require_read(self, site: Site) -> None:
        if not self.may_read(site):
            raise self._refusal("read or admin", site.id)

    def require_admin(self, site_id: str | None) -> None:
        if not self.may_admin(site_id):
            raise self._refusal("admin", site_id)

    def require_some_admin(self) -> None:
        if self.token is None or self.token.scope != "admin":
            raise self._refusal("admin", None)

    def readable(self, sites: Iterable[Site]) -> list[Site]:
        """Those of ``sites`` that may be read. Raises NotAllowed when there are none for want
        of a right, not for want of sites."""
        allowed = [site for site in sites if self.may_read(site)]
        if not allowed and (self.token is None or self.token.scope == "write"):
            raise self._refusal("read or admin", None)
        return allowed

    def _refusal(self, scope: str, site_id: str | None) -> NotAllowed:
        if self.token is None:
            return NotAuthenticated(ANONYMOUS)
        return NotAllowed(NOT_YOURS.format(scope=scope, place=site_id or "all sites"))


NOBODY = Access()


class Authenticator:
    """Turns a connection's credentials into an ``Access``."""

    def __init__(self, directory: Directory, admin_token: str, now: Callable[[], int]) -> None:
        """``admin_token`` is the setting, ``""`` for none; ``now`` gives ms."""
        self._directory = directory
        self._now = now
        self._admin = _admin(admin_token) if admin_token else None

    def access(self, connection: HTTPConnection) -> Access:
        """Raises NotAuthenticated for an unknown token, NotAllowed for a misused one."""
        header = connection.headers.get("authorization")
        if header is not None:
            return Access(self.token(bearer(header)), "header")
        secret = connection.query_params.get("token")
        if secret is not None:
            return Access(self._query_token(secret), "query")
        cookie = connection.cookies.get(session_cookie.NAME)
        if cookie is not None:
            return self._by_cookie(connection, cookie)
        return NOBODY

    def token(self, secret: str) -> Token:
        """The token of a secret. Raises NotAuthenticated."""
        token = self._directory.token(secret)
        if token is None and self._admin is not None and digest(secret) == self._admin.digest:
            token = self._admin
        if token is None:
            raise NotAuthenticated(UNKNOWN)
        return token

    def _query_token(self, secret: str) -> Token:
        token = self.token(secret)
        if token.scope != "read" or token.site_id is None:
            raise NotAllowed(NOT_IN_ADDRESSES)
        return token

    def _by_cookie(self, connection: HTTPConnection, cookie: str) -> Access:
        token = self._token_by_id(session_cookie.token_id(cookie))
        if token is None or not session_cookie.is_valid(cookie, token, self._now()):
            return NOBODY
        check_origin(connection)
        return Access(token, "cookie")

    def _token_by_id(self, token_id: str) -> Token | None:
        if self._admin is not None and token_id == self._admin.id:
            return self._admin
        return next((each for each in self._directory.tokens if each.id == token_id), None)


def bearer(header: str) -> str:
    """The secret of an Authorization header. Raises NotAuthenticated."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAuthenticated("Authorization must read: Bearer <token>")
    return secret.strip()


def check_origin(connection: HTTPConnection) -> None:
    """Cookie sessions only: writes and sockets must come from this host's own pages.

    Raises NotAllowed.
    """
    is_socket = connection.scope["type"] == "websocket"
    if not is_socket and connection.scope["method"] in SAFE_METHODS:
        return
    if not same_origin(connection):
        raise NotAllowed(FOREIGN_ORIGIN)


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the Origin header is there and names the host that was asked."""
    netloc = urlsplit(connection.headers.get("origin", "")).netloc
    return bool(netloc) and netloc == connection.headers.get("host")


def _admin(secret: str) -> Token:
    return Token(id="settings", scope="admin", digest=digest(secret), created=0)

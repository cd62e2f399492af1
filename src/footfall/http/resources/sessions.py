"""The sessions of signed-in browsers: list, end one, end all."""

from collections.abc import Iterator

import msgspec
from starlette.responses import Response

from footfall.catalog.cache import CatalogCache
from footfall.catalog.tokens import SETTINGS_ID, settings_token
from footfall.errors import NotFound
from footfall.http.auth import session_cookie
from footfall.http.framework.operation import Call, Operation, json_reply, no_content, removal
from footfall.model import BrowserSession, Scope, Token
from footfall.principal import READ
from footfall.times import utc

PATH = "/api/analytics/sessions"


class SessionView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A browser that is signed in with a token; ``siteId`` null means every site."""

    id: str
    token_id: str
    token_name: str
    scope: Scope
    site_id: str | None
    created: str
    """ISO 8601, UTC."""
    expires: str
    current: bool
    """Whether it is the session of this request."""


async def list_sessions(call: Call) -> Response:
    cookie = call.request.cookies.get(session_cookie.NAME, "")
    own = call.services.catalog.session(cookie)
    return json_reply([_view(session, token, own) for session, token in _administered(call)])


async def end_session(call: Call) -> Response:
    wanted = call.request.path_params["session"]
    ids = [session.id for session, _ in _administered(call) if session.id == wanted]
    if not ids:
        raise NotFound(f"there is no session {wanted[:64]!r}: list the sessions for their ids")
    await call.services.catalog.delete_sessions(ids)
    return no_content()


async def end_sessions(call: Call) -> Response:
    await call.services.catalog.delete_sessions([each.id for each, _ in _administered(call)])
    return no_content()


def _administered(call: Call) -> Iterator[tuple[BrowserSession, Token]]:
    """The sessions of tokens that the caller may revoke."""
    for session in call.services.catalog.sessions:
        token = _token_of(session, call.services.catalog)
        if token is not None and call.access.may_admin(token.site_id):
            yield session, token


def _token_of(session: BrowserSession, catalog: CatalogCache) -> Token | None:
    if session.token_id == SETTINGS_ID:
        return settings_token("")
    return catalog.token_by_id(session.token_id)


def _view(session: BrowserSession, token: Token, own: BrowserSession | None) -> SessionView:
    return SessionView(
        id=session.id,
        token_id=token.id,
        token_name=token.name,
        scope=token.scope,
        site_id=token.site_id,
        created=utc(session.created // 1000),
        expires=utc(session.expires // 1000),
        current=session == own,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="listSessions",
        summary="The browsers that are signed in with tokens of the sites the caller administers",
        handler=list_sessions,
        needs="any admin",
        costs=READ,
        answer=list[SessionView],
    ),
    removal(
        path=PATH,
        name="endSessions",
        summary="Sign out everywhere: end all sessions that the caller may list",
        handler=end_sessions,
        needs="any admin",
        costs=READ,
    ),
    removal(
        path=PATH + "/{session}",
        name="endSession",
        summary="End one session, with its live connections",
        handler=end_session,
        needs="any admin",
        costs=READ,
    ),
)

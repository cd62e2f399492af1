"""Signing the dashboard in and out: a token becomes a session."""

import msgspec
from starlette.responses import Response

from footfall.catalog.sessions import new_session, new_session_secret
from footfall.errors import NotAllowed
from footfall.http.auth import session_cookie
from footfall.http.auth.authenticator import FOREIGN_ORIGIN, same_origin
from footfall.http.framework.operation import Call, Operation, json_reply, no_content, removal
from footfall.model import Scope
from footfall.principal import Cost

PATH = "/api/analytics/session"
SIGN_IN = Cost(rate="light", body_bytes=1024, seconds=10)
SIGN_OUT = Cost(rate="light", seconds=10)


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class Session(msgspec.Struct, frozen=True, rename="camel"):
    """What the signed-in reader may do; ``siteId`` null means every site. ``tokenId`` is the token
    they signed in with, as in the list of tokens."""

    scope: Scope
    site_id: str | None
    token_id: str


async def sign_in(call: Call) -> Response:
    services = call.services
    if call.request.headers.get("origin") is not None and not same_origin(call.request):
        raise NotAllowed(FOREIGN_ORIGIN)
    token = services.sign_ins.token(call.request, call.body.token)
    secret = new_session_secret()
    await services.catalog.put_session(new_session(secret, token, services.now()))
    reply = json_reply(Session(token.scope, token.site_id, token.id))
    is_secure = services.peers.scheme(call.request) == "https"
    session_cookie.give(reply, secret, is_secure=is_secure)
    return reply


async def sign_out(call: Call) -> Response:
    catalog = call.services.catalog
    session = catalog.session(call.request.cookies.get(session_cookie.NAME, ""))
    if session is not None:
        await catalog.delete_sessions([session.id])
    reply = no_content()
    session_cookie.take_away(reply)
    return reply


OPERATIONS = (
    Operation(
        method="POST",
        path=PATH,
        name="signIn",
        summary="Exchange a read or admin token for the dashboard's session cookie",
        handler=sign_in,
        needs="nothing",
        costs=SIGN_IN,
        body=SignIn,
        max_body_bytes=1024,
        answer=Session,
        refusals=(401, 403, 429),
    ),
    removal(
        path=PATH,
        name="signOut",
        summary="End the session of the cookie, with its live connections",
        handler=sign_out,
        needs="nothing",
        costs=SIGN_OUT,
    ),
)

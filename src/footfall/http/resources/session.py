"""Signing the dashboard in and out: a token becomes a session cookie."""

import msgspec
from starlette.responses import Response

from footfall.errors import NotAllowed
from footfall.http.auth import session_cookie
from footfall.http.auth.authenticator import FOREIGN_ORIGIN, same_origin
from footfall.http.framework.operation import Call, Operation, json_reply, no_content, removal
from footfall.model import Scope

PATH = "/api/analytics/session"


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class Session(msgspec.Struct, frozen=True, rename="camel"):
    """What the signed-in reader may do; ``siteId`` null means every site."""

    scope: Scope
    site_id: str | None


async def sign_in(call: Call) -> Response:
    services = call.services
    if call.request.headers.get("origin") is not None and not same_origin(call.request):
        raise NotAllowed(FOREIGN_ORIGIN)
    token = services.authenticator.token(call.body.token)
    if token.scope == "write":
        raise NotAllowed("a write token can't read: sign in with a read or an admin token")
    reply = json_reply(Session(token.scope, token.site_id))
    reply.set_cookie(
        session_cookie.NAME,
        session_cookie.make(token, services.now()),
        max_age=session_cookie.LIFETIME_SECONDS,
        secure=services.peers.scheme(call.request) == "https",
        httponly=True,
        samesite="lax",
    )
    return reply


async def sign_out(_call: Call) -> Response:
    reply = no_content()
    reply.delete_cookie(session_cookie.NAME, httponly=True, samesite="lax")
    return reply


OPERATIONS = (
    Operation(
        method="POST",
        path=PATH,
        name="signIn",
        summary="Exchange a read or admin token for the dashboard's session cookie",
        handler=sign_in,
        needs="nothing",
        body=SignIn,
        max_body_bytes=1024,
        answer=Session,
        refusals=(401, 403),
    ),
    removal(
        path=PATH,
        name="signOut",
        summary="Remove the session cookie",
        handler=sign_out,
        needs="nothing",
    ),
)

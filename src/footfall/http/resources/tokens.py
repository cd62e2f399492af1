"""API tokens: list, create, revoke. A share link is a read token of one site."""

import msgspec
from starlette.responses import Response

from footfall.catalog.tokens import new_secret, new_token
from footfall.errors import NotFound
from footfall.http.framework.operation import (
    Call,
    Operation,
    creation,
    json_reply,
    no_content,
    removal,
)
from footfall.model import Scope, Token
from footfall.principal import READ
from footfall.times import utc
from footfall.validation import checked_token

PATH = "/api/analytics/tokens"


class NewToken(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """``siteId`` null means every site; a write token belongs to one."""

    scope: Scope
    site_id: str | None = None
    name: str = ""


class TokenView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A token as it is listed, without its secret."""

    id: str
    scope: Scope
    site_id: str | None
    name: str
    created: str
    """ISO 8601, UTC."""


class CreatedToken(TokenView, frozen=True, kw_only=True, rename="camel"):
    """The only answer that contains the secret: the server keeps only its digest."""

    secret: str


async def list_tokens(call: Call) -> Response:
    tokens = call.services.catalog.tokens
    return json_reply([_view(each) for each in tokens if call.access.may_admin(each.site_id)])


async def create_token(call: Call) -> Response:
    new: NewToken = call.body
    call.access.require_admin(new.site_id)
    catalog, secret = call.services.catalog, new_secret()
    made = new_token(
        secret, new.scope, new.site_id, created=call.services.now(), name=new.name.strip()
    )
    token = checked_token(made)
    if token.site_id is not None:
        call.services.site(token.site_id)
    await catalog.put_token(token)
    answer = CreatedToken(**msgspec.structs.asdict(_view(token)), secret=secret)
    return json_reply(answer, 201, {"location": f"{PATH}/{token.id}"})


async def revoke_token(call: Call) -> Response:
    token_id = call.request.path_params["token"]
    catalog = call.services.catalog
    token = catalog.token_by_id(token_id)
    if token is None:
        raise NotFound(f"there is no token {token_id[:64]!r}: list the tokens for their ids")
    call.access.require_admin(token.site_id)
    await catalog.delete_token(token_id, keeps_admin=not call.services.settings.admin_token)
    return no_content()


def _view(token: Token) -> TokenView:
    return TokenView(
        id=token.id,
        scope=token.scope,
        site_id=token.site_id,
        name=token.name,
        created=utc(token.created // 1000),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="listTokens",
        summary="The tokens of the sites the caller administers, without their secrets",
        handler=list_tokens,
        needs="any admin",
        costs=READ,
        answer=list[TokenView],
    ),
    creation(
        path=PATH,
        name="createToken",
        summary="Create a token; its secret is shown only once",
        handler=create_token,
        needs="any admin",
        costs=READ,
        body=NewToken,
        answer=CreatedToken,
        refusals=(404,),
    ),
    removal(
        path=PATH + "/{token}",
        name="revokeToken",
        summary="Revoke a token; live connections that use it close at once",
        handler=revoke_token,
        needs="any admin",
        costs=READ,
    ),
)

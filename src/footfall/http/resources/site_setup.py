"""Setting a site up: what was dropped of it lately, and whether a page carries its snippet."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from footfall.collect.recent_drops import Drop
from footfall.http.framework.operation import SITE_PATH, Call, Operation, json_reply
from footfall.model import DropReason
from footfall.page_check import PageCheck
from footfall.principal import READ
from footfall.times import utc


class DropView(msgspec.Struct, frozen=True):
    """Events that were dropped for one reason. ``host`` is the one that is none of the site's
    domains, where that is the reason."""

    reason: DropReason
    host: str | None
    count: int
    last: str
    """ISO 8601, UTC: when the newest came."""


class PageToCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(max_length=2048)]


async def list_drops(call: Call) -> Response:
    services = call.services
    drops = services.collect.ingest.recent_drops.of(call.site.id, services.now())
    return json_reply([_view(drop) for drop in drops])


async def check(call: Call) -> Response:
    body: PageToCheck = call.body
    caller = call.services.admission.address(call.request.scope).text
    return json_reply(await call.services.page_checks.check(body.url, call.site.id, caller))


def _view(drop: Drop) -> DropView:
    return DropView(drop.reason, drop.host, drop.count, utc(drop.last // 1000))


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/drops",
        name="listDrops",
        summary="What this server dropped of the site in the last half hour, by reason",
        handler=list_drops,
        needs="admin",
        costs=READ,
        answer=list[DropView],
    ),
    Operation(
        method="POST",
        path=SITE_PATH + "/check",
        name="checkPage",
        summary="Whether a page carries the site's snippet: the server fetches and reads it",
        handler=check,
        needs="admin",
        costs=READ,
        body=PageToCheck,
        answer=PageCheck,
        refusals=(503,),
    ),
)

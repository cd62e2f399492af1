"""The visits of the live window: who is here, and the story of one visit."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from footfall.documents import VisitDocument, VisitRow
from footfall.http.framework.operation import SITE_PATH, Call, Operation, json_reply
from footfall.http.framework.parameters import described, read
from footfall.principal import ONE_VIEW
from footfall.window.query import Value

PATH = SITE_PATH + "/visits"
MAX_LIMIT = 1000


class VisitsParameters(msgspec.Struct, frozen=True, kw_only=True):
    event: Annotated[
        Value,
        Meta(
            description="The id of a row of recentEvents: only the visit in which it happened, "
            "over or not",
        ),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Rows")] = 100


async def list_visits(call: Call) -> Response:
    asked = read(VisitsParameters, call.request.query_params.multi_items())
    visits, caller = call.services.visits, call.caller(call.site)
    if asked.event is not None:
        return json_reply(await visits.of_event(call.site.id, asked.event, caller))
    return json_reply(await visits.present(call.site.id, asked.limit, caller))


async def read_visit(call: Call) -> Response:
    visit_id = call.request.path_params["visit"]
    visits, caller = call.services.visits, call.caller(call.site)
    return json_reply(await visits.visit(call.site.id, visit_id, caller))


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="listVisits",
        summary="Who is here: the visits of those who have the site open, the latest first",
        handler=list_visits,
        needs="visits",
        costs=ONE_VIEW,
        answer=list[VisitRow],
        parameters=described(VisitsParameters),
        refusals=(400, 501, 503),
    ),
    Operation(
        method="GET",
        path=PATH + "/{visit}",
        name="readVisit",
        summary="One visit of the live window: where it came from, and what happened, in order",
        handler=read_visit,
        needs="visits",
        costs=ONE_VIEW,
        answer=VisitDocument,
        refusals=(501, 503),
    ),
)

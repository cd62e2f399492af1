"""All sites that the caller may read, a row each."""

from starlette.responses import Response

from footfall.documents import OverviewDocument
from footfall.http.operation import OVERVIEW_PATH, Call, Operation
from footfall.http.query import parameters
from footfall.http.replies import JSON


async def read_overview(call: Call) -> Response:
    parameters(call.request.query_params.multi_items(), ("token",))
    sites = call.access.readable(call.services.directory.sites)
    document = await call.services.hub.overview(tuple(site.id for site in sites))
    return Response(document, media_type=JSON)


OPERATIONS = (
    Operation(
        method="GET",
        path=OVERVIEW_PATH,
        name="readOverview",
        summary="The sites the caller may read, with their current visitors and top pages",
        handler=read_overview,
        needs="own check",
        answer=OverviewDocument,
        refusals=(400, 401, 403, 503),
    ),
)

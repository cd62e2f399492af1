"""The overview: a row for each site that the caller may read."""

from starlette.responses import Response

from footfall.documents import OverviewDocument
from footfall.http.framework.operation import OVERVIEW_PATH, Call, Operation, json_reply
from footfall.principal import ONE_VIEW


async def read_overview(call: Call) -> Response:
    sites = call.access.readable(call.services.catalog.sites)
    site_ids = tuple(site.id for site in sites)
    document = await call.services.documents.overview(site_ids, call.caller(None))
    return json_reply(document)


OPERATIONS = (
    Operation(
        method="GET",
        path=OVERVIEW_PATH,
        name="readOverview",
        summary="The sites the caller may read, with their current visitors and top pages",
        handler=read_overview,
        needs="own check",
        costs=ONE_VIEW,
        answer=OverviewDocument,
        refusals=(401, 403, 503),
    ),
)

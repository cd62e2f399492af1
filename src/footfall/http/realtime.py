"""The realtime document of one site. ``fast_path`` answers what was asked before."""

from starlette.responses import Response

from footfall.documents import RealtimeDocument
from footfall.http.operation import SITE_PATH, Call, Operation
from footfall.http.parameters import VIEW
from footfall.http.query import view_query
from footfall.http.replies import JSON

PATHS = (SITE_PATH + "/realtime", "/sites/{site}/realtime")


async def read_realtime(call: Call) -> Response:
    retention = call.services.settings.retention_minutes
    query = view_query(call.site.id, call.request.query_params.multi_items(), retention)
    # Before the first await: what was checked must still be so when it is remembered.
    call.services.fast_path.remember(call.request.scope, query)
    return Response(await call.services.hub.document(query), media_type=JSON)


OPERATIONS = tuple(
    Operation(
        method="GET",
        path=path,
        name=name,
        summary="Who is on the site now: one window, exact",
        handler=read_realtime,
        needs="read",
        answer=RealtimeDocument,
        parameters=VIEW,
        refusals=(400, 503),
    )
    for path, name in zip(PATHS, ("readRealtime", "readRealtimeShort"), strict=True)
)

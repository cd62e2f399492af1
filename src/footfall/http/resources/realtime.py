"""The realtime document of one site. ``fast_path`` answers repeated requests."""

from starlette.responses import Response

from footfall.documents import RealtimeDocument
from footfall.http.framework.operation import (
    SHORT_SITE_PATH,
    SITE_PATH,
    Call,
    Operation,
    json_reply,
)
from footfall.http.framework.parameters import ViewParameters, described, view_query
from footfall.http.serving.disconnect import while_connected
from footfall.principal import ONE_VIEW

PATHS = {
    "readRealtime": SITE_PATH + "/realtime",
    "readRealtimeShort": SHORT_SITE_PATH + "/realtime",
    "readRealtimeOfApi": "/api/sites/{site}/realtime",
}
"""By the operation's name."""


async def read_realtime(call: Call) -> Response:
    services, items = call.services, call.request.query_params.multi_items()
    query = view_query(call.site.id, items, services.settings.retention_minutes)
    caller = call.caller(call.site)
    if services.fast_path is not None:
        # Before the first await, so that the catalog is still the one that admitted the request.
        services.fast_path.remember(call.request.scope, query, caller)
    work = services.documents.document(query, caller)
    return json_reply(await while_connected(call.request.receive, work))


OPERATIONS = tuple(
    Operation(
        method="GET",
        path=path,
        name=name,
        summary="The realtime document: who is on the site now, in exact numbers",
        handler=read_realtime,
        needs="read",
        costs=ONE_VIEW,
        answer=RealtimeDocument,
        parameters=described(ViewParameters),
        refusals=(400, 503),
    )
    for name, path in PATHS.items()
)

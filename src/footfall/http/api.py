"""Every route of the server, in the order in which they are tried and described."""

from importlib.metadata import version

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from footfall.collect.wire import WireEvent
from footfall.http import (
    badge,
    docs,
    goals,
    health,
    live,
    overview,
    realtime,
    router,
    script,
    session,
    sites,
    static,
    tokens,
)
from footfall.http.collect import COLLECT_PATHS
from footfall.http.operation import Operation
from footfall.http.services import Services

COLLECT = tuple(
    Operation(
        method="POST",
        path=path,
        name="collect" if path == "/collect" else "collectByApi",
        summary="Take events; 204 once they are stored. Several: a JSON array or NDJSON",
        handler=None,
        needs="nothing",
        body=WireEvent | list[WireEvent],
        takes=("application/json", "application/x-ndjson", "text/plain"),
        status=204,
        refusals=(404, 429, 503),
    )
    for path in sorted(COLLECT_PATHS, reverse=True)
)
SERVED = (
    *realtime.OPERATIONS,
    *live.OPERATIONS,
    *overview.OPERATIONS,
    *sites.OPERATIONS,
    *goals.OPERATIONS,
    *tokens.OPERATIONS,
    *script.OPERATIONS,
    *badge.OPERATIONS,
    *session.OPERATIONS,
    *health.OPERATIONS,
)
DESCRIBED = (*COLLECT, *SERVED, *static.SCRIPTS)


def routes(services: Services) -> list[BaseRoute]:
    return [
        *router.routes(services, SERVED),
        *live.socket_routes(services),
        *docs.routes(DESCRIBED, version("footfall")),
        *static.routes(),
        WebSocketRoute("/{path:path}", _no_such_socket),
    ]


async def _no_such_socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close(4404, "there is no live channel at this address")

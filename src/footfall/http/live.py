"""Live ways out, of one site and of all: WebSocket and SSE over the same channels."""

import contextlib
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from footfall.errors import FootfallError
from footfall.http import query
from footfall.http.channels import Channel, Opened, overview_channel, site_channel
from footfall.http.errors import close_code
from footfall.http.guard import LiveGuard
from footfall.http.operation import OVERVIEW_PATH, SITE_PATH, Call, Handler, Operation
from footfall.http.parameters import LAST_EVENT_ID, POSITION, VIEW
from footfall.http.services import Services
from footfall.live.sse import event_stream
from footfall.live.websocket import serve_websocket

EVENT_STREAM = "text/event-stream"
MAX_REASON_BYTES = 123
"""A close frame has room for no more (RFC 6455, 5.5.1)."""


def socket_routes(services: Services) -> list[WebSocketRoute]:
    return [
        WebSocketRoute(SITE_PATH + "/ws", _socket(services, site_channel)),
        WebSocketRoute(OVERVIEW_PATH + "/ws", _socket(services, overview_channel)),
    ]


def _socket(services: Services, channel: Channel) -> Callable[[WebSocket], Awaitable[None]]:
    async def serve(socket: WebSocket) -> None:
        await socket.accept()  # before any refusal, so that a browser sees its code
        try:
            position = query.position(socket.query_params.get("position"))
            opened = await channel(services, socket, position)
        except FootfallError as error:
            with contextlib.suppress(WebSocketDisconnect):  # gone before it could be told
                await socket.close(close_code(error), _cut(str(error)))
            return
        with services.guard.watch(*opened):
            await serve_websocket(socket, opened.subscription)

    return serve


def _stream(channel: Channel) -> Handler:
    async def serve(call: Call) -> Response:
        position = query.position(call.request.query_params.get("position"))
        if position is None:
            position = query.last_event_id(call.request.headers.get("last-event-id"))
        if call.request.method == "HEAD":
            return Response(media_type=EVENT_STREAM)
        opened = await channel(call.services, call.request, position)
        return WatchedStream(opened, call.services.guard)

    return serve


class WatchedStream(Response):
    """An event stream that the guard watches while it is sent."""

    def __init__(self, opened: Opened, guard: LiveGuard) -> None:
        self._stream = event_stream(opened.subscription)
        self._opened = opened
        self._guard = guard
        self.raw_headers = self._stream.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._guard.watch(*self._opened):
            await self._stream(scope, receive, send)


def _cut(reason: str) -> str:
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/stream",
        name="streamRealtime",
        summary="The realtime document as server-sent events: a snapshot, then updates and ticks",
        handler=_stream(site_channel),
        needs="read",
        media=EVENT_STREAM,
        parameters=(*VIEW, POSITION, LAST_EVENT_ID),
        refusals=(400, 503),
    ),
    Operation(
        method="GET",
        path=OVERVIEW_PATH + "/stream",
        name="streamOverview",
        summary="The overview as server-sent events",
        handler=_stream(overview_channel),
        needs="own check",
        media=EVENT_STREAM,
        parameters=(POSITION, LAST_EVENT_ID),
        refusals=(400, 401, 403, 503),
    ),
)

"""Live documents of one site or of all, by WebSocket and SSE over the same subscriptions."""

import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, TypeAlias

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from footfall.errors import FootfallError
from footfall.http.auth.guard import Check, Ending, LiveGuard
from footfall.http.errors import close_code, error_response
from footfall.http.framework import parameters
from footfall.http.framework.disconnect import while_connected
from footfall.http.framework.operation import OVERVIEW_PATH, SITE_PATH, Call, Handler, Operation
from footfall.http.framework.parameters import (
    LAST_EVENT_ID,
    LiveOverviewParameters,
    LiveViewParameters,
    described,
)
from footfall.http.services import Services
from footfall.http.serving.sse import EVENT_STREAM, EventStream
from footfall.http.serving.websocket import serve_websocket
from footfall.live.subscription import Subscription
from footfall.model import Position, Site

MAX_REASON_BYTES = 123
"""A close frame has room for no more (RFC 6455, 5.5.1)."""
SITES_CHANGED = Ending(1012, "the sites you may read have changed: connect again")
"""1012, so that the client reconnects and gets the new rows."""


class Opened(NamedTuple):
    """A subscription, and the check that is repeated while it is open."""

    subscription: Subscription
    check: Check


Opener: TypeAlias = Callable[
    [Services, HTTPConnection, Position | None, str | None], Coroutine[Any, Any, Opened]
]
"""Admits a reader and subscribes it. Raises FootfallError."""


async def open_view(
    services: Services,
    connection: HTTPConnection,
    position: Position | None,
    stranger: str | None,
) -> Opened:
    site = _readable_site(services, connection)
    items = connection.query_params.multi_items()
    query = parameters.view_query(site.id, items, services.settings.retention_minutes, live=True)

    def check() -> Ending | None:
        try:
            _readable_site(services, connection)
        except FootfallError as error:
            return Ending(close_code(error), str(error))
        return None

    return Opened(await services.live.subscribe(query, position, stranger), check)


async def open_overview(
    services: Services,
    connection: HTTPConnection,
    position: Position | None,
    stranger: str | None,
) -> Opened:
    site_ids = _readable_sites(services, connection)
    parameters.read(LiveOverviewParameters, connection.query_params.multi_items())

    def check() -> Ending | None:
        try:
            return None if _readable_sites(services, connection) == site_ids else SITES_CHANGED
        except FootfallError as error:
            return Ending(close_code(error), str(error))

    subscription = await services.live.subscribe_overview(site_ids, position, stranger)
    return Opened(subscription, check)


def _readable_site(services: Services, connection: HTTPConnection) -> Site:
    site = services.site(connection.path_params["site"])
    services.authenticator.access(connection).require_read(site)
    return site


def _readable_sites(services: Services, connection: HTTPConnection) -> tuple[str, ...]:
    access = services.authenticator.access(connection)
    return tuple(site.id for site in access.readable(services.catalog.sites))


def socket_routes(services: Services) -> list[WebSocketRoute]:
    return [
        WebSocketRoute(SITE_PATH + "/ws", _socket(services, open_view)),
        WebSocketRoute(OVERVIEW_PATH + "/ws", _socket(services, open_overview)),
    ]


def _socket(services: Services, opener: Opener) -> Callable[[WebSocket], Awaitable[None]]:
    async def serve(socket: WebSocket) -> None:
        await socket.accept()  # before any refusal, so that a browser sees its code
        try:
            stranger = services.admission.access(socket).stranger
            position = parameters.position(socket.query_params.get("position"))
            work = opener(services, socket, position, stranger)
            opened = await while_connected(socket.receive, work)
        except ClientDisconnect:
            return
        except FootfallError as error:
            with contextlib.suppress(WebSocketDisconnect):  # the client left first
                await socket.close(close_code(error), _cut(str(error)))
            return
        with services.guard.watch(*opened):
            await serve_websocket(socket, opened.subscription)

    return serve


def _cut(reason: str) -> str:
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


def refused_sockets(
    view_refusal: Callable[[str], FootfallError], overview_refusal: Callable[[], FootfallError]
) -> list[Route]:
    """Routes for a deployment whose HTTP gateway has no WebSockets: they refuse, and the error says
    what to use. ``view_refusal`` gets the site's id."""

    async def view(request: Request) -> Response:
        return error_response(view_refusal(request.path_params["site"]))

    async def overview(_request: Request) -> Response:
        return error_response(overview_refusal())

    return [Route(SITE_PATH + "/ws", view), Route(OVERVIEW_PATH + "/ws", overview)]


def _stream(opener: Opener) -> Handler:
    async def serve(call: Call) -> Response:
        position = parameters.position(call.request.query_params.get("position"))
        if position is None:
            position = parameters.last_event_id(call.request.headers.get("last-event-id"))
        if call.request.method == "HEAD":
            return Response(media_type=EVENT_STREAM)
        work = opener(call.services, call.request, position, call.access.stranger)
        opened = await while_connected(call.request.receive, work)
        return WatchedStream(opened, call.services.guard)

    return serve


class WatchedStream(EventStream):
    """An event stream that the guard watches while it is sent."""

    def __init__(self, opened: Opened, guard: LiveGuard) -> None:
        super().__init__(opened.subscription)
        self._opened = opened
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._guard.watch(*self._opened):
            await super().__call__(scope, receive, send)


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/stream",
        name="streamRealtime",
        summary="The realtime document as server-sent events: a snapshot, then updates and ticks",
        handler=_stream(open_view),
        needs="read",
        media=EVENT_STREAM,
        parameters=(*described(LiveViewParameters), LAST_EVENT_ID),
        refusals=(400, 503),
    ),
    Operation(
        method="GET",
        path=OVERVIEW_PATH + "/stream",
        name="streamOverview",
        summary="The overview as server-sent events",
        handler=_stream(open_overview),
        needs="own check",
        media=EVENT_STREAM,
        parameters=(*described(LiveOverviewParameters), LAST_EVENT_ID),
        refusals=(400, 401, 403, 503),
    ),
)

"""Live documents of one site or of all, by WebSocket and SSE over the same subscriptions."""

import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from footfall.errors import FootfallError
from footfall.http.auth.access import Access
from footfall.http.auth.guard import Check, Ending, LiveGuard
from footfall.http.errors import close_code, error_response, public_text
from footfall.http.framework import parameters
from footfall.http.framework.operation import (
    OVERVIEW_PATH,
    SHORT_SITE_PATH,
    SITE_PATH,
    Call,
    Handler,
    Operation,
)
from footfall.http.framework.parameters import (
    LAST_EVENT_ID,
    LiveOverviewParameters,
    LiveViewParameters,
    described,
)
from footfall.http.services import Services
from footfall.http.serving.disconnect import while_connected
from footfall.http.serving.live_slots import LiveSlot
from footfall.http.serving.sse import EVENT_STREAM, EventStream
from footfall.http.serving.websocket import close, serve_websocket
from footfall.live.subscription import Subscription
from footfall.model import Position, Site
from footfall.principal import ONE_VIEW, Principal

VIEW_PATHS = {"streamRealtime": SITE_PATH, "streamRealtimeShort": SHORT_SITE_PATH}
OVERVIEW_PATHS = {"streamOverview": OVERVIEW_PATH, "streamOverviewShort": ""}
"""What is above ``/ws`` and ``/stream``, by the name of the operation."""
SITES_CHANGED = Ending(1012, "the sites you may read have changed: connect again")
"""1012, so that the client reconnects and gets the new rows."""


class Opened(NamedTuple):
    """A subscription, the check that is repeated while it is open, and its place."""

    subscription: Subscription
    check: Check
    slot: LiveSlot

    @contextlib.contextmanager
    def watched(self, guard: LiveGuard) -> Iterator[None]:
        """Send within this block."""
        try:
            with guard.watch(self.subscription, self.check):
                yield
        finally:
            self.slot.leave()


Opener: TypeAlias = Callable[
    [Services, HTTPConnection, Position | None, Access], Coroutine[Any, Any, Opened]
]
"""Admits a reader and subscribes it. Raises FootfallError."""


async def open_view(
    services: Services, connection: HTTPConnection, position: Position | None, access: Access
) -> Opened:
    site = _readable_site(services, connection, access)
    wanted = parameters.read(LiveViewParameters, connection.query_params.multi_items())
    query = parameters.view(site.id, wanted, services.settings.retention_minutes)

    def check() -> Ending | None:
        try:
            now = services.authenticator.access(connection, access.network)
            _readable_site(services, connection, now)
        except FootfallError as error:
            return Ending(close_code(error), public_text(error))
        return None

    caller = services.admission.caller(connection.scope, access, site, ONE_VIEW)
    subscribe = partial(services.live.subscribe, query, caller, position)
    return await _opened(services, connection, caller, subscribe, wanted.full, check)


async def open_overview(
    services: Services, connection: HTTPConnection, position: Position | None, access: Access
) -> Opened:
    site_ids = _readable_sites(services, access)
    wanted = parameters.read(LiveOverviewParameters, connection.query_params.multi_items())

    def check() -> Ending | None:
        try:
            now = services.authenticator.access(connection, access.network)
            readable = _readable_sites(services, now)
            return None if readable == site_ids else SITES_CHANGED
        except FootfallError as error:
            return Ending(close_code(error), public_text(error))

    caller = services.admission.caller(connection.scope, access, None, ONE_VIEW)
    subscribe = partial(services.live.subscribe_overview, site_ids, caller, position)
    return await _opened(services, connection, caller, subscribe, wanted.full, check)


async def _opened(
    services: Services,
    connection: HTTPConnection,
    caller: Principal,
    subscribe: Callable[[], Awaitable[Subscription]],
    full: int,
    check: Check,
) -> Opened:
    slot = services.live_slots.take(connection, caller)
    try:
        async with services.admission.in_time(caller):
            subscription = await subscribe()
    except BaseException:  # also when the reader left
        slot.leave()
        raise
    subscription.whole = full == 1
    slot.hold(connection)
    return Opened(subscription, check, slot)


def _readable_site(services: Services, connection: HTTPConnection, access: Access) -> Site:
    site = services.site(connection.path_params["site"])
    access.require_read(site)
    return site


def _readable_sites(services: Services, access: Access) -> tuple[str, ...]:
    return tuple(site.id for site in access.readable(services.catalog.sites))


def socket_routes(services: Services) -> list[WebSocketRoute]:
    view, overview = _socket(services, open_view), _socket(services, open_overview)
    return [
        *(WebSocketRoute(path + "/ws", view) for path in VIEW_PATHS.values()),
        *(WebSocketRoute(path + "/ws", overview) for path in OVERVIEW_PATHS.values()),
    ]


def _socket(services: Services, opener: Opener) -> Callable[[WebSocket], Awaitable[None]]:
    async def serve(socket: WebSocket) -> None:
        await socket.accept()  # before any refusal, so that a browser sees its code
        try:
            access = await services.admission.access(socket, ONE_VIEW)
            position = parameters.position(socket.query_params.get("position"))
            work = opener(services, socket, position, access)
            opened = await while_connected(socket.receive, work)
        except ClientDisconnect:
            return
        except FootfallError as error:
            with contextlib.suppress(WebSocketDisconnect):  # the client left first
                await close(socket, close_code(error), public_text(error))
            return
        with opened.watched(services.guard):
            await serve_websocket(socket, opened.subscription)

    return serve


def refused_sockets(
    view_refusal: Callable[[str], FootfallError], overview_refusal: Callable[[], FootfallError]
) -> list[Route]:
    """Routes for a deployment whose HTTP gateway has no WebSockets: they refuse, and the error says
    what to use. ``view_refusal`` gets the site's id."""

    async def view(request: Request) -> Response:
        return error_response(view_refusal(request.path_params["site"]))

    async def overview(_request: Request) -> Response:
        return error_response(overview_refusal())

    return [
        *(Route(path + "/ws", view) for path in VIEW_PATHS.values()),
        *(Route(path + "/ws", overview) for path in OVERVIEW_PATHS.values()),
    ]


def _stream(opener: Opener) -> Handler:
    async def serve(call: Call) -> Response:
        position = parameters.position(call.request.query_params.get("position"))
        if position is None:
            position = parameters.last_event_id(call.request.headers.get("last-event-id"))
        if call.request.method == "HEAD":
            return Response(media_type=EVENT_STREAM)
        work = opener(call.services, call.request, position, call.access)
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
        with self._opened.watched(self._guard):
            await super().__call__(scope, receive, send)


OPERATIONS = (
    *(
        Operation(
            method="GET",
            path=path + "/stream",
            name=name,
            summary="The realtime document as server-sent events: a snapshot, updates and ticks",
            handler=_stream(open_view),
            needs="read",
            costs=ONE_VIEW,
            media=EVENT_STREAM,
            parameters=(*described(LiveViewParameters), LAST_EVENT_ID),
            refusals=(400, 429, 503),
        )
        for name, path in VIEW_PATHS.items()
    ),
    *(
        Operation(
            method="GET",
            path=path + "/stream",
            name=name,
            summary="The overview as server-sent events",
            handler=_stream(open_overview),
            needs="own check",
            costs=ONE_VIEW,
            media=EVENT_STREAM,
            parameters=(*described(LiveOverviewParameters), LAST_EVENT_ID),
            refusals=(400, 401, 403, 429, 503),
        )
        for name, path in OVERVIEW_PATHS.items()
    ),
)

"""The HTTP API as an ASGI app that lives from request to request, between which it is frozen."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.app import Eraser, make_collect, make_ingest
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import FootfallError, NotServed
from footfall.eventlog.writer import BatchingWriter
from footfall.http import api
from footfall.http.auth import Authenticator
from footfall.http.errors import error_response, routing_error
from footfall.http.fast_path import FastPath
from footfall.http.front import FrontDoor
from footfall.http.guard import LiveGuard
from footfall.http.operation import OVERVIEW_PATH, SITE_PATH
from footfall.http.peers import Peers
from footfall.http.services import Services
from footfall.serverless.hub import MinuteHub
from footfall.serverless.parts import Parts, clock


def create_app(parts: Parts) -> "Refreshed":
    """The routes of the server; those of its live connections answer 501."""
    settings, directory = parts.settings, parts.directory
    writer = BatchingWriter(parts.store.log, settings.writer_queue_events)
    ingest = make_ingest(settings, directory, writer)
    collect = make_collect(settings, directory, ingest, RateLimiter(settings.rate_limit), clock)
    services = Services(
        settings=settings,
        log=parts.store.log,
        directory=directory,
        hub=parts.hub,
        authenticator=Authenticator(directory, settings.admin_token, clock),
        guard=LiveGuard(),
        fast_path=FastPath(parts.hub, directory),
        peers=Peers(settings.trusted_proxies),
        render_metrics=_no_metrics,
        lag_seconds=lambda: 0.0,
        now=clock,
    )
    starlette = Starlette(
        routes=[*_sockets(parts.hub), *api.routes(services)],
        exception_handlers={HTTPException: routing_error},
    )
    starlette.router.redirect_slashes = False
    eraser = Eraser(parts.store.log)
    directory.on_site_removed(eraser)
    return Refreshed(FrontDoor(collect, services.fast_path, starlette), parts, eraser)


class Refreshed:
    """Sees the catalog as it now is, and leaves nothing under way when it answers."""

    def __init__(self, app: ASGIApp, parts: Parts, eraser: Eraser) -> None:
        self._app = app
        self._parts = parts
        self._eraser = eraser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._parts.refresh()
        except FootfallError as error:
            await error_response(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)
        await self._eraser.close()


def _no_metrics() -> bytes:
    raise NotServed("functions have no counters of their own: see CloudWatch")


def _sockets(hub: MinuteHub) -> list[Route]:
    """What the gateway of HTTP would have to upgrade, and can't."""

    async def site(request: Request) -> Response:
        return error_response(hub.refusal(request.path_params["site"]))

    async def overview(_request: Request) -> Response:
        return error_response(hub.overview_refusal())

    return [Route(SITE_PATH + "/ws", site), Route(OVERVIEW_PATH + "/ws", overview)]

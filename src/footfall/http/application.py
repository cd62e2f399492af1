"""The ASGI app: Starlette's routing behind the dispatcher."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.errors import FootfallError
from footfall.http.errors import error_response, routing_error
from footfall.http.resources import collect
from footfall.http.routes import routes
from footfall.http.services import Services
from footfall.http.serving.dispatcher import Dispatcher

Lifespan: TypeAlias = Callable[[Starlette], AbstractAsyncContextManager[None]]


def asgi_app(
    services: Services,
    lifespan: Lifespan | None = None,
    *,
    first_routes: Sequence[BaseRoute] = (),
    extra_routes: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """``first_routes`` are tried before the server's own routes, ``extra_routes`` after them."""
    starlette = Starlette(
        routes=[*first_routes, *routes(services), *extra_routes],
        exception_handlers={HTTPException: routing_error},
        lifespan=lifespan,
    )
    starlette.router.redirect_slashes = False
    return Dispatcher(
        services.collect,
        collect.paths(services.settings),
        services.admission,
        services.fast_path,
        starlette,
    )


class AroundRequests:
    """Awaits ``before`` and ``after`` each request, for an app that is frozen between requests."""

    def __init__(
        self,
        app: ASGIApp,
        before: Callable[[], Awaitable[None]],
        after: Callable[[], Awaitable[None]],
    ) -> None:
        """A FootfallError that ``before`` raises becomes the response."""
        self._app = app
        self._before = before
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._before()
        except FootfallError as error:
            await error_response(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)
        await self._after()

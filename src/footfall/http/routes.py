"""Every route of the server, in the order in which they are tried and described."""

from collections.abc import Iterator
from importlib.metadata import version

from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from footfall.errors import InvalidInput
from footfall.http.framework import docs_page, router
from footfall.http.resources import (
    assets,
    badge,
    collect,
    concurrency,
    dialects,
    goals,
    health,
    imports,
    live,
    overview,
    query,
    realtime,
    script,
    session,
    sessions,
    site_setup,
    sites,
    stats,
    tokens,
    visits,
)
from footfall.http.services import Services
from footfall.http.serving import static_files
from footfall.settings import Settings

OPERATIONS = (
    *collect.OPERATIONS,
    *dialects.OPERATIONS,
    *realtime.OPERATIONS,
    *live.OPERATIONS,
    *overview.OPERATIONS,
    *visits.OPERATIONS,
    *concurrency.OPERATIONS,
    *stats.OPERATIONS,
    *imports.OPERATIONS,
    *query.OPERATIONS,
    *sites.OPERATIONS,
    *site_setup.OPERATIONS,
    *goals.OPERATIONS,
    *tokens.OPERATIONS,
    *script.OPERATIONS,
    *badge.OPERATIONS,
    *session.OPERATIONS,
    *sessions.OPERATIONS,
    *health.OPERATIONS,
    *assets.OPERATIONS,
)


def routes(services: Services) -> list[BaseRoute]:
    """Raises InvalidInput for a path of the settings that is another's."""
    return [
        *_named_routes(services.settings),
        *router.routes(services, OPERATIONS),
        *live.socket_routes(services),
        *docs_page.routes(OPERATIONS, version("footfall")),
        *static_files.page_routes(services.catalog.site),
        *static_files.file_routes(),
        WebSocketRoute("/{path:path}", _no_such_socket),
    ]


def _named_routes(settings: Settings) -> Iterator[Route]:
    taken = {each.path for each in OPERATIONS}
    for name in ("script_path", "collect_path"):
        path = getattr(settings, name)
        if path in taken:
            raise InvalidInput(f"{name} is {path}, which is in use: choose another", field=name)
        taken |= {path} - {""}
    if settings.script_path:
        yield Route(settings.script_path, static_files.script_endpoint("footfall.js"))


async def _no_such_socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close(4404, "there is no live channel at this address")

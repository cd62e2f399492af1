"""What can be subscribed to: one site's view, or the overview of the sites one may read."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from starlette.requests import HTTPConnection

from footfall.errors import FootfallError
from footfall.http.errors import close_code
from footfall.http.guard import Check, Ending
from footfall.http.query import parameters, view_query
from footfall.http.services import Services
from footfall.live.subscription import Subscription
from footfall.model import Position, Site

SITES_CHANGED = Ending(1012, "the sites you may read have changed: connect again")
"""1012, since a client should come back and then gets the new rows."""


class Opened(NamedTuple):
    """``check`` is to be repeated while the subscription lives."""

    subscription: Subscription
    check: Check


Channel: TypeAlias = Callable[[Services, HTTPConnection, Position | None], Awaitable[Opened]]
"""Admits and subscribes. Raises FootfallError."""


async def site_channel(
    services: Services, connection: HTTPConnection, position: Position | None
) -> Opened:
    site = _site(services, connection)
    items = connection.query_params.multi_items()
    view = view_query(site.id, items, services.settings.retention_minutes, live=True)

    def check() -> Ending | None:
        try:
            _site(services, connection)
        except FootfallError as error:
            return Ending(close_code(error), str(error))
        return None

    return Opened(await services.hub.subscribe(view, position), check)


async def overview_channel(
    services: Services, connection: HTTPConnection, position: Position | None
) -> Opened:
    sites = _sites(services, connection)
    parameters(connection.query_params.multi_items(), ("position", "token"))

    def check() -> Ending | None:
        try:
            return None if _sites(services, connection) == sites else SITES_CHANGED
        except FootfallError as error:
            return Ending(close_code(error), str(error))

    return Opened(await services.hub.subscribe_overview(sites, position), check)


def _site(services: Services, connection: HTTPConnection) -> Site:
    site = services.site(connection.path_params["site"])
    services.authenticator.access(connection).require_read(site)
    return site


def _sites(services: Services, connection: HTTPConnection) -> tuple[str, ...]:
    access = services.authenticator.access(connection)
    return tuple(site.id for site in access.readable(services.directory.sites))

"""What the functions stand on: made once per container, kept from one invocation to the next."""

import os
import time
from collections.abc import Mapping

from footfall.app import site_names, window_limits
from footfall.catalog.directory import REFRESH_S, Directory
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import DYNAMODB, Store, open_store
from footfall.errors import InvalidInput
from footfall.eventlog.retention import DAY_MS, Keep
from footfall.live.windows import Windows
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.connections import Connections
from footfall.serverless.gateway import Gateway
from footfall.serverless.hub import MinuteHub
from footfall.serverless.intake import Intake
from footfall.serverless.minutes import Minutes
from footfall.serverless.rights import Rights
from footfall.serverless.subscriptions import Subscriptions
from footfall.settings import Settings, load

SOCKETS_URL = "FOOTFALL_SOCKETS_URL"
"""Where the WebSocket API's connections are managed: ``https://host/stage``."""
MINUTE_MS = 60_000


def clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Parts:
    """The store's own parts, and those of the serverless shape around them."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Raises InvalidInput."""
        self.settings = settings = load({}, environment)
        options = parse_options(_url(settings))
        self.keep = _keep(settings)
        self.store: Store = open_store(settings.store, self.keep)
        self._connection = Connection(options)
        self._gateway = Gateway(_sockets(environment), options.region)
        self._refreshed = float("-inf")
        self.directory = Directory(self.store.catalog, clock)
        limits = window_limits(settings)
        minutes = Minutes(self._connection, limits)
        self.hub = MinuteHub(
            minutes,
            self.store.log,
            Windows(limits, lambda: clock() // 1000),
            site_names(self.directory),
            self._gateway.public_url,
        )
        connections = Connections(self._connection)
        rights = Rights(self.directory, settings.admin_token)
        self.broadcast = Broadcast(connections, minutes, self._gateway, rights, clock)
        self.intake = Intake(minutes, self.broadcast, clock)
        self.subscriptions = Subscriptions(settings, rights, connections, self.broadcast, clock)

    async def refresh(self) -> None:
        """Catch up with the catalog, if that was a while ago. Raises StoreUnavailable."""
        now = time.monotonic()
        if now - self._refreshed >= REFRESH_S:
            await self.directory.refresh()
            self._refreshed = now

    async def close(self) -> None:
        await self._gateway.close()
        await self._connection.close()
        await self.store.close()


def _url(settings: Settings) -> str:
    if not settings.store.startswith(DYNAMODB):
        raise InvalidInput(
            f"functions need a table, not {settings.store!r}: set "
            "FOOTFALL_STORE=dynamodb://table?region=…",
            field="store",
        )
    return settings.store


def _sockets(environment: Mapping[str, str]) -> str:
    url = environment.get(SOCKETS_URL)
    if not url:
        raise InvalidInput(f"set {SOCKETS_URL}=https://… to the WebSocket API's stage")
    return url


def _keep(settings: Settings) -> Keep:
    return Keep(
        retention_ms=settings.retention_minutes * MINUTE_MS, raw_ms=settings.raw_days * DAY_MS
    )

"""What the functions use: created once per container and kept between invocations."""

import os
import time
from collections.abc import Mapping

from footfall.app import retention_policy, site_names, window_limits
from footfall.catalog.cache import REFRESH_S, CatalogCache
from footfall.clock import now_ms
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import DYNAMODB, Store, open_store
from footfall.errors import InvalidInput
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.connections import Connections
from footfall.serverless.consumer import StreamConsumer
from footfall.serverless.gateway import Gateway
from footfall.serverless.minute_documents import LiveElsewhere, MinuteDocuments
from footfall.serverless.minute_items import MinuteItems
from footfall.serverless.permissions import ReadPermissions
from footfall.serverless.subscriptions import Subscriptions
from footfall.settings import Settings, load

SOCKETS_URL = "FOOTFALL_SOCKETS_URL"
"""Where the WebSocket API's connections are managed: ``https://host/stage``."""


class Components:
    """The parts of the server that the functions share, and the serverless parts around them."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Raises InvalidInput."""
        self.settings = settings = load({}, environment)
        options = parse_options(_url(settings))
        self.policy = retention_policy(settings, durable=True)
        self.store: Store = open_store(settings.store, self.policy)
        self._connection = Connection(options)
        self._gateway = Gateway(_sockets(environment), options.region)
        self._refreshed = float("-inf")
        self.catalog = CatalogCache(self.store.catalog, now_ms, lambda: True)
        minutes = MinuteItems(self._connection, window_limits(settings))
        self.documents = MinuteDocuments(minutes, site_names(self.catalog), now_ms)
        self.live = LiveElsewhere(self._gateway.public_url)
        connections = Connections(self._connection)
        permissions = ReadPermissions(self.catalog, settings.admin_token)
        self.broadcast = Broadcast(connections, minutes, self._gateway, permissions, now_ms)
        self.consumer = StreamConsumer(minutes, self.broadcast, now_ms)
        self.subscriptions = Subscriptions(
            settings, permissions, connections, self.broadcast, now_ms
        )

    async def refresh(self) -> None:
        """Refresh the catalog if it is older than ``REFRESH_S``. Raises StoreUnavailable."""
        now = time.monotonic()
        if now - self._refreshed >= REFRESH_S:
            await self.catalog.refresh()
            self._refreshed = now

    async def close(self) -> None:
        await self._gateway.close()
        await self._connection.close()
        await self.store.close()


def _url(settings: Settings) -> str:
    if not settings.store.startswith(DYNAMODB):
        raise InvalidInput(
            f"functions need a DynamoDB table, not {settings.store!r}: set "
            "FOOTFALL_STORE=dynamodb://table?region=…",
            field="store",
        )
    return settings.store


def _sockets(environment: Mapping[str, str]) -> str:
    url = environment.get(SOCKETS_URL)
    if not url:
        raise InvalidInput(f"set {SOCKETS_URL}=https://… to the WebSocket API's stage")
    return url

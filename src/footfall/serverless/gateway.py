"""Sends to browsers through API Gateway's WebSocket API."""

from typing import Any

import structlog

from footfall.engines.aws import AwsClients, AwsError

logger = structlog.get_logger("footfall.serverless")

SERVICE = "apigatewaymanagementapi"
GONE = 410
TIMEOUT_S = 3.0
CONNECTIONS = 64


class Gateway:
    """``endpoint`` manages the connections: ``https://….execute-api.….amazonaws.com/stage``."""

    def __init__(self, endpoint: str, region: str | None) -> None:
        self.endpoint = endpoint
        self._clients = AwsClients(
            region,
            endpoint,
            connect_timeout=TIMEOUT_S,
            read_timeout=TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=CONNECTIONS,
        )

    @property
    def public_url(self) -> str:
        """The URL to which browsers connect."""
        return self.endpoint.replace("http", "ws", 1)

    async def send(self, connection_id: str, text: str) -> bool:
        """Send ``text``. False if the connection no longer exists. Other failures are only logged:
        the next message carries the full state."""
        return await self._call("post_to_connection", connection_id, Data=text.encode())

    async def end(self, connection_id: str) -> None:
        await self._call("delete_connection", connection_id)

    async def close(self) -> None:
        await self._clients.close()

    async def _call(self, operation: str, connection_id: str, **parameters: Any) -> bool:
        try:
            await self._clients.call(SERVICE, operation, ConnectionId=connection_id, **parameters)
        except AwsError as error:
            if error.status == GONE:
                return False
            logger.warning("gateway.failed", operation=operation, error=str(error))
        return True

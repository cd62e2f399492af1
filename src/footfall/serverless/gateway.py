"""Speaking to browsers through API Gateway's WebSocket API."""

from contextlib import AsyncExitStack
from typing import Any

import structlog
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

SERVICE = "apigatewaymanagementapi"
GONE = 410
TIMEOUT_S = 3.0
CONNECTIONS = 64


class Gateway:
    """``endpoint`` is that of the connections: ``https://….execute-api.….amazonaws.com/stage``."""

    def __init__(self, endpoint: str, region: str | None) -> None:
        self.endpoint = endpoint
        self.failures = 0
        self._region = region
        self._stack = AsyncExitStack()
        self._client: Any = None

    @property
    def public_url(self) -> str:
        """Where browsers connect."""
        return self.endpoint.replace("http", "ws", 1)

    async def send(self, connection_id: str, text: str) -> bool:
        """False when the connection is gone. Other failures are logged and forgotten: the next
        message says it all again."""
        return await self._ask("post_to_connection", connection_id, Data=text.encode())

    async def end(self, connection_id: str) -> None:
        await self._ask("delete_connection", connection_id)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _ask(self, operation: str, connection_id: str, **parameters: Any) -> bool:
        client = self._client or await self._connect()
        try:
            await getattr(client, operation)(ConnectionId=connection_id, **parameters)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == GONE:
                return False
            self._failed(operation, error)
        except BotoCoreError as error:
            self._failed(operation, error)
        return True

    def _failed(self, operation: str, error: Exception) -> None:
        self.failures += 1
        structlog.get_logger().warning("gateway.failed", operation=operation, error=str(error))

    async def _connect(self) -> Any:
        maker = get_session().create_client(
            SERVICE,
            region_name=self._region,
            endpoint_url=self.endpoint,
            config=AioConfig(
                connect_timeout=TIMEOUT_S,
                read_timeout=TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": 2},
                max_pool_connections=CONNECTIONS,
            ),
        )
        self._client = await self._stack.enter_async_context(maker)
        return self._client

"""Clients of AWS services, opened on first use."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from footfall.errors import StoreUnavailable

Answer: TypeAlias = dict[str, Any]

NOT_CONFIGURED = (NoCredentialsError, NoRegionError, PartialCredentialsError)


class AwsError(Exception):
    """A request that the service refused or never answered."""

    def __init__(self, error: ClientError | BotoCoreError) -> None:
        super().__init__(str(error))
        self.has_answer = isinstance(error, ClientError)
        answer: Any = error.response if isinstance(error, ClientError) else {}
        self.code: str = answer.get("Error", {}).get("Code", "")
        """The service's error code."""
        self.status: int = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        self.reasons = tuple(each.get("Code") for each in answer.get("CancellationReasons", ()))
        """A code for each part of a DynamoDB transaction."""
        self.is_unconfigured = isinstance(error, NOT_CONFIGURED)
        """Whether credentials or a region are missing."""


class AwsClients:
    """AWS clients, one per service. Use them in one event loop, and close them."""

    def __init__(self, region: str | None, endpoint: str | None, **config: Any) -> None:
        """``endpoint`` None is AWS itself; ``config`` is passed to botocore."""
        self._region = region
        self._endpoint = endpoint
        self._config = AioConfig(**config)
        self._stack = AsyncExitStack()
        self._clients: dict[str, Any] = {}
        self._connecting = asyncio.Lock()
        self._is_closed = False

    async def call(self, service: str, operation: str, **parameters: Any) -> Answer:
        """``operation`` as boto3 names it. Raises AwsError, and StoreUnavailable once closed."""
        client = await self._client(service)
        try:
            answer: Answer = await getattr(client, operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise AwsError(error) from error
        return answer

    async def close(self) -> None:
        self._is_closed = True
        await self._stack.aclose()

    async def _client(self, service: str) -> Any:
        async with self._connecting:
            if self._is_closed:
                raise StoreUnavailable(f"{service} is closed: the server is shutting down")
            if service not in self._clients:
                maker = get_session().create_client(
                    service,
                    region_name=self._region,
                    endpoint_url=self._endpoint,
                    config=self._config,
                )
                self._clients[service] = await self._stack.enter_async_context(maker)
            return self._clients[service]

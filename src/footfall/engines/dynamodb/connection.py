"""Asking DynamoDB, again and again for a while where that may help.

The retries of botocore itself are off: one place decides, and knows the deadline.
"""

import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import structlog
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from footfall.engines.dynamodb.options import TableOptions
from footfall.errors import StoreUnavailable

Answer: TypeAlias = dict[str, Any]

PATIENCE_S = 5.0
"""For how long a failing request is tried again. A caller waits at most one timeout longer."""
CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 5.0
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
CONNECTIONS = 32

STREAM_OPERATIONS = frozenset({"describe_stream", "get_shard_iterator", "get_records"})

REFUSALS = frozenset(
    {
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "ResourceInUseException",
        "ExpiredIteratorException",
        "TrimmedDataAccessException",
    }
)
"""Answers that callers understand; they come as Refused."""

TRANSIENT = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottlingError",
        "TransactionConflict",
        "TransactionInProgressException",
    }
)
HOPELESS = (NoCredentialsError, NoRegionError, PartialCredentialsError)
SERVER_ERROR = 500


class Refused(Exception):
    """DynamoDB understood, and said no. ``reasons`` has a code per part of a transaction."""

    def __init__(self, code: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.reasons = reasons


class Patience:
    """Pauses that grow, with jitter, until a deadline."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + PATIENCE_S
        self._longest = FIRST_PAUSE_S

    async def wait(self) -> bool:
        """False when there is no time left for another try."""
        pause = random.uniform(self._longest / 2, self._longest)  # noqa: S311 - not a secret
        if time.monotonic() + pause > self._deadline:
            return False
        self._longest = min(2 * self._longest, LONGEST_PAUSE_S)
        await asyncio.sleep(pause)
        return True


class Connection:
    """One process's connections to a table and to its stream; made when first used."""

    def __init__(self, options: TableOptions) -> None:
        self.options = options
        self.table = options.table
        self.requests: Counter[str] = Counter()
        """By operation, those tried again included."""
        self.retries = 0
        self._stack = AsyncExitStack()
        self._clients: dict[str, Any] = {}
        self._connecting = asyncio.Lock()
        self._is_closed = False

    async def ask(
        self, operation: str, patience: Patience | None = None, **parameters: Any
    ) -> Answer:
        """``operation`` as boto3 names it. Raises StoreUnavailable and Refused."""
        patience = patience or Patience()
        while True:
            try:
                return await self._ask_once(operation, parameters)
            except (ClientError, BotoCoreError) as error:
                self._judge(error)
                if not await patience.wait():
                    raise self.unavailable(str(error)) from error
                self.retries += 1

    def unavailable(self, reason: str) -> StoreUnavailable:
        where = self.options.endpoint or f"AWS, {self.options.region or 'default region'}"
        return StoreUnavailable(
            f"the table {self.table} ({where}) cannot be used now: {reason}; "
            "see `footfall dynamodb status`"
        )

    async def close(self) -> None:
        self._is_closed = True
        await self._stack.aclose()

    async def _ask_once(self, operation: str, parameters: dict[str, Any]) -> Answer:
        service = "dynamodbstreams" if operation in STREAM_OPERATIONS else "dynamodb"
        client = self._clients.get(service) or await self._connect(service)
        self.requests[operation] += 1
        answer: Answer = await getattr(client, operation)(**parameters)
        return answer

    async def _connect(self, service: str) -> Any:
        async with self._connecting:
            if self._is_closed:
                raise StoreUnavailable(f"the store {self.table} is closed: the server shuts down")
            if service not in self._clients:
                maker = get_session().create_client(
                    service,
                    region_name=self.options.region,
                    endpoint_url=self.options.endpoint,
                    config=AioConfig(
                        connect_timeout=CONNECT_TIMEOUT_S,
                        read_timeout=READ_TIMEOUT_S,
                        retries={"total_max_attempts": 1},
                        max_pool_connections=CONNECTIONS,
                        parameter_validation=False,
                    ),
                )
                self._clients[service] = await self._stack.enter_async_context(maker)
            return self._clients[service]

    def _judge(self, error: ClientError | BotoCoreError) -> None:
        """Returns when it may help to try again; else raises what the caller should hear."""
        if isinstance(error, BotoCoreError):
            if isinstance(error, HOPELESS):
                raise self.unavailable(f"{error} (set AWS_REGION, AWS_ACCESS_KEY_ID, …)") from error
            return
        answer: Any = error.response
        code = answer["Error"].get("Code", "")
        reasons = tuple(each.get("Code") for each in answer.get("CancellationReasons", ()))
        if code in REFUSALS and not TRANSIENT.intersection(reasons):
            raise Refused(code, reasons) from error
        if code == "ResourceNotFoundException":
            raise self.unavailable(
                "it is not there, or has no stream: run `footfall dynamodb create-table` or "
                "`footfall dynamodb enable-streams`"
            ) from error
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code not in TRANSIENT | REFUSALS and status < SERVER_ERROR:
            structlog.get_logger().error("dynamodb.refused", code=code, error=str(error))
            raise self.unavailable(str(error)) from error

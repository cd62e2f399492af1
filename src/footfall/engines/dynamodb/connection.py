"""Requests to DynamoDB, retried for a while if that may help.

botocore's own retries are off: only this module knows the deadline.
"""

import asyncio
import random
import time
from collections import Counter
from typing import Any

import structlog

from footfall.engines.aws import Answer, AwsClients, AwsError
from footfall.engines.dynamodb.options import TableOptions
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

GIVE_UP_AFTER_S = 5.0
"""How long a failing request is retried. A caller waits at most one timeout longer."""
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
"""Error codes that callers handle; raised as Refused."""

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
SERVER_ERROR = 500


class Refused(Exception):
    """DynamoDB refused a request for a reason that the caller handles. ``reasons`` has a code for
    each part of a transaction."""

    def __init__(self, code: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.reasons = reasons


class Backoff:
    """Growing pauses with jitter, until a deadline."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + GIVE_UP_AFTER_S
        self._longest = FIRST_PAUSE_S

    async def wait(self) -> bool:
        """Pause before the next attempt. False, without a pause, if no time is left for one."""
        pause = random.uniform(self._longest / 2, self._longest)  # noqa: S311 - not a secret
        if time.monotonic() + pause > self._deadline:
            return False
        self._longest = min(2 * self._longest, LONGEST_PAUSE_S)
        await asyncio.sleep(pause)
        return True


class Connection:
    """Connections to a table and its stream, opened on first use."""

    def __init__(self, options: TableOptions) -> None:
        self.options = options
        self.table = options.table
        self.requests: Counter[str] = Counter()
        """Number of requests by operation, including retries."""
        self.retries = 0
        self._clients = AwsClients(
            options.region,
            options.endpoint,
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"total_max_attempts": 1},
            max_pool_connections=CONNECTIONS,
            parameter_validation=False,
        )

    async def request(
        self, operation: str, backoff: Backoff | None = None, **parameters: Any
    ) -> Answer:
        """``operation`` as boto3 names it. Raises StoreUnavailable and Refused."""
        backoff = backoff or Backoff()
        service = "dynamodbstreams" if operation in STREAM_OPERATIONS else "dynamodb"
        while True:
            self.requests[operation] += 1
            try:
                return await self._clients.call(service, operation, **parameters)
            except AwsError as error:
                self._raise_unless_transient(error)
                if not await backoff.wait():
                    raise self.unavailable(str(error)) from error
                self.retries += 1

    def unavailable(self, reason: str) -> StoreUnavailable:
        where = self.options.endpoint or f"AWS, {self.options.region or 'default region'}"
        return StoreUnavailable(
            f"the table {self.table} ({where}) cannot be used now: {reason}; "
            "see `footfall dynamodb status`",
            public="the store cannot be used now: try again later; the server's log says why",
        )

    async def close(self) -> None:
        await self._clients.close()

    def _raise_unless_transient(self, error: AwsError) -> None:
        """Return if a retry may help; otherwise raise the error for the caller."""
        if error.is_unconfigured:
            raise self.unavailable(f"{error} (set AWS_REGION, AWS_ACCESS_KEY_ID, …)") from error
        if not error.has_answer:
            return
        if error.code in REFUSALS and not TRANSIENT.intersection(error.reasons):
            raise Refused(error.code, error.reasons) from error
        if error.code == "ResourceNotFoundException":
            raise self.unavailable(
                "it does not exist, or has no stream: run `footfall dynamodb create-table` or "
                "`footfall dynamodb enable-streams`"
            ) from error
        if error.code not in TRANSIENT | REFUSALS and error.status < SERVER_ERROR:
            logger.error("dynamodb.refused", code=error.code, error=str(error))
            raise self.unavailable(str(error)) from error

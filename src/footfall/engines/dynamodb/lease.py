"""At most two nodes read a table's stream: DynamoDB allows two readers per shard.

Each node renews an item in the table; a node that finds two older ones should not serve.
"""

import asyncio
from contextlib import suppress

import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

MAX_NODES = 2
RENEWAL_S = 5.0
LIFETIME_MS = 15_000
"""An item that was not renewed for this long belongs to a dead node."""
FAREWELL_S = 0.5
"""How long stopping waits for the table, so that a server stops in time without it."""
KEPT_S = 3_600
"""DynamoDB may expire the item after this."""

SEEN = "seen"
SINCE = "since"


class Lease:
    def __init__(self, connection: Connection, node: str, now: Clock) -> None:
        """``node`` is this process's unique name."""
        self.problem: str | None = None
        """Why this node should not serve; None if it should."""
        self._connection = connection
        self._node = node
        self._now = now
        self._since = 0
        self.task = BackgroundTask("lease")

    def start(self) -> None:
        self._since = self._now()
        self.task.start(self._run)

    async def stop(self) -> None:
        if not self.task.is_running:
            return
        await self.task.stop()
        with suppress(StoreUnavailable, TimeoutError):  # it expires by itself
            async with asyncio.timeout(FAREWELL_S):
                await self._connection.request(
                    "delete_item",
                    TableName=self._connection.table,
                    Key=key_of(keys.CATALOG, keys.node_sort(self._node)),
                )

    async def _run(self) -> None:
        while True:
            try:
                await self._renew()
            except StoreUnavailable as error:
                logger.warning("lease.failed", error=str(error))
            await asyncio.sleep(RENEWAL_S)

    async def _renew(self) -> None:
        now = self._now()
        await self._connection.request(
            "put_item",
            TableName=self._connection.table,
            Item={
                **key_of(keys.CATALOG, keys.node_sort(self._node)),
                SINCE: {"N": str(self._since)},
                SEEN: {"N": str(now)},
                keys.TTL: {"N": str(now // 1000 + KEPT_S)},
            },
        )
        older = [
            name
            for since, name in await live_nodes(self._connection, now)
            if (since, name) < (self._since, self._node)
        ]
        self.problem = _too_many(self._connection.table, older) if len(older) >= MAX_NODES else None


async def live_nodes(connection: Connection, now: int) -> list[tuple[int, str]]:
    """(since when in ms, name) for each node that reads the stream, oldest first."""
    answer = await connection.request(
        "query",
        TableName=connection.table,
        KeyConditionExpression="pk = :catalog AND begins_with(sk, :node)",
        ExpressionAttributeValues={
            ":catalog": {"S": keys.CATALOG},
            ":node": {"S": keys.NODE_PREFIX},
        },
        ConsistentRead=True,
    )
    return sorted(
        (int(item[SINCE]["N"]), item[keys.SORT]["S"].removeprefix(keys.NODE_PREFIX))
        for item in answer["Items"]
        if int(item[SEEN]["N"]) > now - LIFETIME_MS
    )


def _too_many(table: str, older: list[str]) -> str:
    return (
        f"{len(older)} live nodes already read the stream of the table {table} "
        f"({', '.join(older)}), and DynamoDB allows {MAX_NODES}: stop one of them, or this one"
    )

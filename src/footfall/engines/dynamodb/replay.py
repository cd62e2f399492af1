"""The events of one site from all its shards, merged into one order.

Sort keys are ordered by (time, id), so the merge never decodes an event.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item

PAGE_ITEMS = 500
"""Items per query: parsing them blocks the event loop for a few ms."""


class _ShardReader:
    """One shard: the items read and not yet taken, and where to continue."""

    def __init__(
        self, connection: Connection, partition: str, first: str, page: int = PAGE_ITEMS
    ) -> None:
        self.items: list[Item] = []
        self.is_read = False
        self._connection = connection
        self._page = page
        self._range = {":partition": {"S": partition}, ":first": {"S": first}}
        self._place: dict[str, Any] = {}

    async def fill(self) -> None:
        """Read the next page, unless items of the last one are left."""
        while not self.items and not self.is_read:
            answer = await self._connection.request(
                "query",
                TableName=self._connection.table,
                KeyConditionExpression="pk = :partition AND sk >= :first",
                ExpressionAttributeValues=self._range,
                ConsistentRead=True,
                Limit=self._page,
                **self._place,
            )
            self.items = answer["Items"]
            self.is_read = "LastEvaluatedKey" not in answer
            self._place = {"ExclusiveStartKey": answer.get("LastEvaluatedKey")}

    def take(self, last: str | None) -> list[Item]:
        """Remove and return all items up to ``last``; all of them if it is None."""
        if last is None:
            taken, self.items = self.items, []
            return taken
        count = sum(_sort(item) <= last for item in self.items)
        taken, self.items = self.items[:count], self.items[count:]
        return taken


async def merged(
    connection: Connection, site: str, since: int, shards: int
) -> AsyncIterator[list[Item]]:
    """Items of events with ``time >= since``, in order, in lists of any size."""
    first = keys.event_time_sort(since)
    reading = [
        _ShardReader(connection, keys.event_partition(site, number), first)
        for number in range(shards)
    ]
    while True:
        await asyncio.gather(*(shard.fill() for shard in reading))
        reading = [shard for shard in reading if shard.items]
        if not reading:
            return
        # Beyond its page, a shard may have items that sort before those of other shards.
        last = min((_sort(shard.items[-1]) for shard in reading if not shard.is_read), default=None)
        yield sorted((item for shard in reading for item in shard.take(last)), key=_sort)


async def first_since(connection: Connection, site: str, since: int, shards: int) -> int | None:
    """The time (ms) of the first event with ``time >= since``; None if there is none."""
    first = keys.event_time_sort(since)
    reading = [
        _ShardReader(connection, keys.event_partition(site, number), first, page=1)
        for number in range(shards)
    ]
    await asyncio.gather(*(shard.fill() for shard in reading))
    firsts = [_sort(shard.items[0]) for shard in reading if shard.items]
    return min(map(keys.time_of, firsts), default=None)


async def keys_of(
    connection: Connection, partition: str, prefix: str
) -> AsyncIterator[list[tuple[str, str]]]:
    """Partition and sort key of a partition's items whose sort key begins with ``prefix``, page by
    page."""
    place: dict[str, Any] = {}
    while True:
        answer = await connection.request(
            "query",
            TableName=connection.table,
            KeyConditionExpression="pk = :partition AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":partition": {"S": partition},
                ":prefix": {"S": prefix},
            },
            ProjectionExpression="sk",
            ConsistentRead=True,
            **place,
        )
        yield [(partition, _sort(item)) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return
        place = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _sort(item: Item) -> str:
    sort: str = item[keys.SORT]["S"]
    return sort

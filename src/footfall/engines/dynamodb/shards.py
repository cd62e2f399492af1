"""Over how many shards the events of this table may lie: the most that any node ever used."""

from contextlib import suppress

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection, Refused

SHARDS = "shards"


class ShardCount:
    """Nodes may use different numbers; the table remembers the largest, for replays."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mine = connection.options.shards
        self._is_told = False

    async def for_writing(self) -> int:
        """The number of this node, known to all others first."""
        if not self._is_told:
            with suppress(Refused):  # it knows of as many already
                await self._connection.ask(
                    "update_item",
                    TableName=self._connection.table,
                    Key=key_of(keys.CATALOG, keys.SHARDS),
                    UpdateExpression="SET shards = :mine",
                    ConditionExpression="attribute_not_exists(shards) OR shards < :mine",
                    ExpressionAttributeValues={":mine": {"N": str(self._mine)}},
                )
            self._is_told = True
        return self._mine

    async def for_reading(self) -> int:
        answer = await self._connection.ask(
            "get_item",
            TableName=self._connection.table,
            Key=key_of(keys.CATALOG, keys.SHARDS),
            ConsistentRead=True,
        )
        return int(answer["Item"][SHARDS]["N"]) if "Item" in answer else self._mine

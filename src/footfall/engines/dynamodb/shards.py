"""How many shards hold the events of this table: the most that any node ever used."""

from contextlib import suppress

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection, Refused

SHARDS = "shards"


class ShardCount:
    """Nodes may use different numbers; the table stores the largest, for replays."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mine = connection.options.shards
        self._is_announced = False

    async def for_writing(self) -> int:
        """The number of this node, after storing it in the table if it is the largest."""
        if not self._is_announced:
            with suppress(Refused):  # the table has this number or a larger one
                await self._connection.request(
                    "update_item",
                    TableName=self._connection.table,
                    Key=key_of(keys.CATALOG, keys.SHARDS),
                    UpdateExpression="SET shards = :mine",
                    ConditionExpression="attribute_not_exists(shards) OR shards < :mine",
                    ExpressionAttributeValues={":mine": {"N": str(self._mine)}},
                )
            self._is_announced = True
        return self._mine

    async def for_reading(self) -> int:
        answer = await self._connection.request(
            "get_item",
            TableName=self._connection.table,
            Key=key_of(keys.CATALOG, keys.SHARDS),
            ConsistentRead=True,
        )
        return int(answer["Item"][SHARDS]["N"]) if "Item" in answer else self._mine

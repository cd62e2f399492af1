"""Random secrets that all nodes share: whichever node needs one first creates it."""

import secrets

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection, Refused

SECRET = "secret"  # noqa: S105
SECRET_BYTES = 32


class SecretStore:
    """Secrets in the catalog's partition, by sort key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, sort: str) -> bytes | None:
        answer = await self._connection.request(
            "get_item",
            TableName=self._connection.table,
            Key=key_of(keys.CATALOG, sort),
            ConsistentRead=True,
        )
        item = answer.get("Item")
        return bytes(item[SECRET]["B"]) if item else None

    async def get_or_create(self, sort: str, until: int | None) -> bytes:
        """``until`` (epoch seconds) is when DynamoDB may expire a new one, None for never."""
        found = await self.find(sort)
        if found is not None:
            return found
        made = secrets.token_bytes(SECRET_BYTES)
        try:
            await self._connection.request(
                "put_item",
                TableName=self._connection.table,
                Item={
                    **key_of(keys.CATALOG, sort),
                    SECRET: {"B": made},
                    **({} if until is None else {keys.TTL: {"N": str(until)}}),
                },
                ConditionExpression="attribute_not_exists(pk)",
            )
        except Refused:  # another node was first, or this one was and its answer was lost
            return await self.find(sort) or made
        return made

    async def delete_before(self, prefix: str, before: str) -> None:
        """Delete those with ``prefix`` whose sort key is less than ``before``."""
        answer = await self._connection.request(
            "query",
            TableName=self._connection.table,
            KeyConditionExpression="pk = :catalog AND sk BETWEEN :first AND :before",
            ExpressionAttributeValues={
                ":catalog": {"S": keys.CATALOG},
                ":first": {"S": prefix},
                ":before": {"S": before},
            },
            ConsistentRead=True,
        )
        for item in answer["Items"]:
            sort = item[keys.SORT]["S"]
            if sort < before:
                await self._connection.request(
                    "delete_item",
                    TableName=self._connection.table,
                    Key=key_of(keys.CATALOG, sort),
                )

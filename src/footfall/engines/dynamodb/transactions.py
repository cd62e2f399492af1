"""The catalog's items: consistent queries, and transactions that also increment the version."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection, Refused
from footfall.engines.dynamodb.items import Item

Part: TypeAlias = dict[str, Any]
"""One item of a transaction."""
Plan: TypeAlias = Callable[[int], Awaitable[list[Part]]]
"""From the version after the transaction to its parts; reads what it needs."""

NUMBER = "number"
BODY = "body"
ADDED = "added"
"""The version in which a site was added."""
AT = "at"
"""When a site was removed, ms, by the clock of the node that removed it."""

IS_THERE = "attribute_exists(pk)"
LAST = "\uffff"
"""Sorts after every key with the same prefix."""
REFUSED = "ConditionalCheckFailed"


class Transactions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._table = connection.table
        self._guarding = asyncio.Lock()

    async def version(self) -> int:
        item = await self.find(keys.CATALOG, keys.VERSION)
        return int(item[NUMBER]["N"]) if item is not None else 0

    async def find(self, partition: str, sort: str) -> Item | None:
        answer = await self._connection.request(
            "get_item",
            TableName=self._table,
            Key=key_of(partition, sort),
            ConsistentRead=True,
        )
        item: Item | None = answer.get("Item")
        return item

    async def query(self, partition: str, first: str, last: str) -> list[Item]:
        """Items whose sort key lies between ``first`` and ``last``."""
        items: list[Item] = []
        place: dict[str, Any] = {}
        while True:
            answer = await self._connection.request(
                "query",
                TableName=self._table,
                KeyConditionExpression="pk = :partition AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":partition": {"S": partition},
                    ":first": {"S": first},
                    ":last": {"S": last},
                },
                ConsistentRead=True,
                **place,
            )
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return items
            place = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def run(self, *parts: Part, after: int | None = None) -> None:
        """All parts or none. Raises Refused if a condition does not hold, or if the version is not
        ``after``: the reason is the last one."""
        await self._connection.request(
            "transact_write_items",
            TransactItems=[*parts, self._raise_version(after)],
            # So that a repetition after a lost answer is not refused for its own first success.
            ClientRequestToken=str(uuid.uuid4()),
        )

    async def changed(self, *parts: Part) -> bool:
        """Run the transaction. False if its condition did not hold."""
        try:
            await self.run(*parts)
        except Refused:
            return False
        return True

    async def run_guarded(self, plan: Plan) -> bool:
        """Run the transaction that ``plan`` makes of what it reads, unless the catalog changes
        meanwhile: then plan again. False if the plan is to do nothing. Raises what ``plan``
        raises."""
        async with self._guarding:
            while True:
                version = await self.version()
                parts = await plan(version + 1)
                if not parts:
                    return False
                try:
                    await self.run(*parts, after=version)
                except Refused as refusal:
                    if refusal.reasons[-1:] != (REFUSED,):
                        raise
                else:
                    return True

    def put(self, partition: str, sort: str, **attributes: dict[str, str]) -> Part:
        item = {**key_of(partition, sort), **attributes}
        return {"Put": {"TableName": self._table, "Item": item}}

    def delete(self, partition: str, sort: str, condition: str = "") -> Part:
        part = {"TableName": self._table, "Key": key_of(partition, sort)}
        if condition:
            part["ConditionExpression"] = condition
        return {"Delete": part}

    def delete_if(self, partition: str, sort: str, name: str, value: dict[str, str]) -> Part:
        """Only while the item's attribute ``name`` is ``value``."""
        part = self.delete(partition, sort, "#name = :value")
        part["Delete"]["ExpressionAttributeNames"] = {"#name": name}
        part["Delete"]["ExpressionAttributeValues"] = {":value": value}
        return part

    def replace_body(self, partition: str, sort: str, before: str, after: str) -> Part:
        return {
            "Update": {
                "TableName": self._table,
                "Key": key_of(partition, sort),
                "UpdateExpression": "SET #body = :after",
                "ConditionExpression": "#body = :before",
                "ExpressionAttributeNames": {"#body": BODY},
                "ExpressionAttributeValues": {":before": {"S": before}, ":after": {"S": after}},
            }
        }

    def _raise_version(self, after: int | None) -> Part:
        values = {":one": {"N": "1"}}
        condition = {}
        if after is not None:
            condition["ConditionExpression"] = (
                "#number = :after" if after else "attribute_not_exists(#number)"
            )
        if after:
            values[":after"] = {"N": str(after)}
        return {
            "Update": {
                "TableName": self._table,
                "Key": key_of(keys.CATALOG, keys.VERSION),
                "UpdateExpression": "ADD #number :one",
                "ExpressionAttributeNames": {"#number": NUMBER},
                "ExpressionAttributeValues": values,
                **condition,
            }
        }

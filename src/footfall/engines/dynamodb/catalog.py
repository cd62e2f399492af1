"""The catalog in DynamoDB: each write is one transaction that also increments the version."""

import asyncio
from datetime import date, timedelta
from typing import Any, TypeVar

import msgspec

from footfall.catalog.port import CatalogState
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection, Refused
from footfall.engines.dynamodb.items import Item
from footfall.engines.dynamodb.options import TableOptions
from footfall.engines.dynamodb.secret_store import SecretStore
from footfall.errors import AlreadyExists, NotFound
from footfall.model import Goal, Site, Token

T = TypeVar("T")

BODY = "body"
SITE_ID = "site"
NUMBER = "number"

MAX_EXTRAS = 90
"""Optional items in one transaction, which takes 100 items including the required ones."""
SALT_DAYS = 3
"""Days after which DynamoDB expires a salt that was not deleted."""
LOADS_AT_ONCE = 16

IS_THERE = "attribute_exists(pk)"
IS_NOT_THERE = "attribute_not_exists(pk)"
REFUSED = "ConditionalCheckFailed"

_encode = msgspec.json.Encoder().encode


class DynamoDbCatalog:
    """See ``catalog.port.Catalog``."""

    def __init__(self, options: TableOptions) -> None:
        self.connection = Connection(options)
        self._table = options.table
        self._secrets = SecretStore(self.connection)

    async def version(self) -> int:
        answer = await self.connection.request(
            "get_item",
            TableName=self._table,
            Key=key_of(keys.CATALOG, keys.VERSION),
            ConsistentRead=True,
        )
        return int(answer["Item"][NUMBER]["N"]) if "Item" in answer else 0

    async def load(self) -> CatalogState:
        """Reads the version first, so that a concurrent write shows as a later version."""
        version = await self.version()
        site_ids, tokens = [], []
        for item in await self._read(keys.CATALOG, keys.SITE_PREFIX, keys.TOKEN_PREFIX + "\uffff"):
            sort = item[keys.SORT]["S"]
            if sort.startswith(keys.SITE_PREFIX):
                site_ids.append(sort.removeprefix(keys.SITE_PREFIX))
            elif sort.startswith(keys.TOKEN_PREFIX):
                tokens.append(_decoded(item, Token))
        slots = asyncio.Semaphore(LOADS_AT_ONCE)

        async def read_site(site_id: str) -> list[Item]:
            async with slots:
                partition = keys.site_partition(site_id)
                return await self._read(partition, keys.GOAL_PREFIX, keys.METADATA)

        items = [item for site in await asyncio.gather(*map(read_site, site_ids)) for item in site]
        sites = [_decoded(item, Site) for item in items if item[keys.SORT]["S"] == keys.METADATA]
        goals = [_decoded(item, Goal) for item in items if item[keys.SORT]["S"] != keys.METADATA]
        return CatalogState(
            version=version,
            sites=tuple(sorted(sites, key=lambda site: site.id)),
            goals=tuple(sorted(goals, key=lambda goal: (goal.site_id, goal.id))),
            tokens=tuple(sorted(tokens, key=lambda token: (token.created, token.id))),
        )

    async def put_site(self, site: Site) -> None:
        await self._transact(
            self._put(keys.site_partition(site.id), keys.METADATA, site),
            self._put(keys.CATALOG, keys.site_sort(site.id), None),
        )

    async def delete_site(self, site_id: str) -> bool:
        partition = keys.site_partition(site_id)
        goals = await self._read(partition, keys.GOAL_PREFIX, keys.METADATA)
        if not goals:
            return False
        tokens = await self._read(keys.CATALOG, keys.TOKEN_PREFIX, keys.TOKEN_PREFIX + "\uffff")
        extras = [
            self._delete(item[keys.PARTITION]["S"], item[keys.SORT]["S"])
            for item in goals + [each for each in tokens if each.get(SITE_ID) == {"S": site_id}]
            if item[keys.SORT]["S"] != keys.METADATA
        ]
        while len(extras) > MAX_EXTRAS:
            await self._transact(*extras[:MAX_EXTRAS])
            del extras[:MAX_EXTRAS]
        return await self._changed(
            self._delete(partition, keys.METADATA, IS_THERE),
            self._delete(keys.CATALOG, keys.site_sort(site_id)),
            *extras,
        )

    async def put_goal(self, goal: Goal) -> None:
        partition = keys.site_partition(goal.site_id)
        try:
            await self._transact(
                self._check_site(goal.site_id),
                self._put(partition, keys.goal_sort(goal.id), goal),
            )
        except Refused:
            raise _no_site(goal.site_id) from None

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        partition = keys.site_partition(site_id)
        return await self._changed(self._delete(partition, keys.goal_sort(goal_id), IS_THERE))

    async def put_token(self, token: Token) -> None:
        put = self._put(keys.CATALOG, keys.token_sort(token.id), token, IS_NOT_THERE)
        checks = []
        if token.site_id is not None:
            put["Put"]["Item"][SITE_ID] = {"S": token.site_id}
            checks.append(self._check_site(token.site_id))
        try:
            await self._transact(put, *checks)
        except Refused as refusal:
            if refusal.reasons[0] != REFUSED:
                raise _no_site(token.site_id) from None
            raise AlreadyExists(f"the token {token.id!r} already exists: revoke it first") from None

    async def delete_token(self, token_id: str) -> bool:
        return await self._changed(self._delete(keys.CATALOG, keys.token_sort(token_id), IS_THERE))

    async def salt(self, day: date) -> bytes:
        until = (day + timedelta(days=SALT_DAYS) - date(1970, 1, 1)).days * 86_400
        return await self._secrets.get_or_create(keys.salt_sort(day.isoformat()), until)

    async def delete_salts(self, before: date) -> None:
        await self._secrets.delete_before(keys.SALT_PREFIX, keys.salt_sort(before.isoformat()))

    async def close(self) -> None:
        await self.connection.close()

    async def _read(self, partition: str, first: str, last: str) -> list[Item]:
        items: list[Item] = []
        place: dict[str, Any] = {}
        while True:
            answer = await self.connection.request(
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

    async def _changed(self, *parts: dict[str, Any]) -> bool:
        """Run the transaction. False if its condition did not hold."""
        try:
            await self._transact(*parts)
        except Refused:
            return False
        return True

    async def _transact(self, *parts: dict[str, Any]) -> None:
        raised = {
            "Update": {
                "TableName": self._table,
                "Key": key_of(keys.CATALOG, keys.VERSION),
                "UpdateExpression": "ADD #number :one",
                "ExpressionAttributeNames": {"#number": NUMBER},
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }
        await self.connection.request("transact_write_items", TransactItems=[*parts, raised])

    def _put(
        self, partition: str, sort: str, value: Site | Goal | Token | None, condition: str = ""
    ) -> dict[str, Any]:
        item = key_of(partition, sort)
        if value is not None:
            item[BODY] = {"S": _encode(value).decode()}
        return {"Put": {"TableName": self._table, "Item": item, **_condition(condition)}}

    def _delete(self, partition: str, sort: str, condition: str = "") -> dict[str, Any]:
        key = key_of(partition, sort)
        return {"Delete": {"TableName": self._table, "Key": key, **_condition(condition)}}

    def _check_site(self, site_id: str) -> dict[str, Any]:
        key = key_of(keys.site_partition(site_id), keys.METADATA)
        return {"ConditionCheck": {"TableName": self._table, "Key": key, **_condition(IS_THERE)}}


def _condition(expression: str) -> dict[str, str]:
    return {"ConditionExpression": expression} if expression else {}


def _decoded(item: Item, kind: type[T]) -> T:
    return msgspec.json.decode(item[BODY]["S"], type=kind)


def _no_site(site_id: str | None) -> NotFound:
    return NotFound(f"there is no site {site_id!r}: add it first")

"""The WebSocket connections of API Gateway and the view each listens to, stored in the table.

``CONNECTION#id / METADATA`` gives a connection's site when it ends; ``SITE#id / CONNECTION#id``
lists a site's listeners in one query.
"""

import msgspec

from footfall.dynamodb.attributes import item
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item
from footfall.serverless.execute import execute
from footfall.window.query import ViewQuery

LIFE_SECONDS = 2 * 3600 + 600
"""API Gateway ends a connection after two hours."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ViewQuery).decode


class Listener(msgspec.Struct, frozen=True):
    """``digest`` is that of its token; None if it needs none, since the site is public."""

    connection: str
    query: ViewQuery
    digest: str | None


class Connections:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def subscribe(self, listener: Listener, now: int) -> None:
        """Store the subscription. A connection has one; a new one replaces the earlier one."""
        await self.remove(listener.connection)
        pointer = key_of(keys.connection_partition(listener.connection), keys.METADATA)
        entry = _entry_key(listener.query.site, listener.connection)
        about = {
            "view": _encode(listener.query).decode(),
            "token": listener.digest,
            keys.TTL: now + LIFE_SECONDS,
        }
        site = {"site": listener.query.site, keys.TTL: now + LIFE_SECONDS}
        # The pointer first, so that every listed connection is found when it ends.
        await self._put({**pointer, **item(site)})
        await self._put({**entry, **item(about)})

    async def remove(self, connection_id: str) -> None:
        """Remove the connection, whether it has a subscription or not."""
        pointer = key_of(keys.connection_partition(connection_id), keys.METADATA)
        answer = await self._connection.request(
            "delete_item", TableName=self._connection.table, Key=pointer, ReturnValues="ALL_OLD"
        )
        if "Attributes" in answer:
            site = answer["Attributes"]["site"]["S"]
            await self._connection.request(
                "delete_item",
                TableName=self._connection.table,
                Key=_entry_key(site, connection_id),
            )

    async def of_site(self, site: str, now: int) -> list[Listener]:
        arguments = {
            "TableName": self._connection.table,
            "KeyConditionExpression": "pk = :site AND begins_with(sk, :prefix)",
            "FilterExpression": "#ttl > :now",
            "ExpressionAttributeNames": {"#ttl": keys.TTL},
            "ExpressionAttributeValues": item(
                {
                    ":site": keys.site_partition(site),
                    ":prefix": keys.CONNECTION_PREFIX,
                    ":now": now,
                }
            ),
        }
        found = await execute(self._connection, {"command": "query", "input": arguments})
        return [_listener(each) for each in found]

    async def _put(self, whole: Item) -> None:
        await self._connection.request("put_item", TableName=self._connection.table, Item=whole)


def _entry_key(site: str, connection_id: str) -> Item:
    return key_of(keys.site_partition(site), keys.connection_sort(connection_id))


def _listener(entry: Item) -> Listener:
    token = entry.get("token")
    return Listener(
        entry[keys.SORT]["S"].removeprefix(keys.CONNECTION_PREFIX),
        _decode(entry["view"]["S"]),
        None if token is None else token["S"],
    )

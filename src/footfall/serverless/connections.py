"""Who listens to what, in the table: the WebSocket connections that API Gateway holds.

``CONNECTION#id / METADATA`` finds a connection's site when it goes; ``SITE#id / CONNECTION#id``
lists a site's listeners by one query.
"""

import msgspec

from footfall.dynamodb.attributes import Item, item
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import key_of
from footfall.engines.dynamodb.connection import Connection
from footfall.serverless.asking import run
from footfall.window.query import ViewQuery

LIFE_SECONDS = 2 * 3600 + 600
"""API Gateway ends a connection after two hours."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ViewQuery).decode


class Listener(msgspec.Struct, frozen=True):
    """``digest`` is that of its token; None: it needs none, as the site is public."""

    connection: str
    query: ViewQuery
    digest: str | None


class Connections:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def subscribe(self, listener: Listener, now: int) -> None:
        """A connection listens to one view; a later subscription replaces an earlier one."""
        await self.remove(listener.connection)
        pointer = key_of(keys.connection_partition(listener.connection), keys.METADATA)
        entry = _entry_key(listener.query.site, listener.connection)
        about = {
            "view": _encode(listener.query).decode(),
            "token": listener.digest,
            keys.TTL: now + LIFE_SECONDS,
        }
        site = {"site": listener.query.site, keys.TTL: now + LIFE_SECONDS}
        # The pointer first: whatever is listed can be found again when its connection goes.
        await self._put({**pointer, **item(site)})
        await self._put({**entry, **item(about)})

    async def remove(self, connection_id: str) -> None:
        """Forget the connection, whether it listened or not."""
        pointer = key_of(keys.connection_partition(connection_id), keys.METADATA)
        answer = await self._connection.ask(
            "delete_item", TableName=self._connection.table, Key=pointer, ReturnValues="ALL_OLD"
        )
        if "Attributes" in answer:
            site = answer["Attributes"]["site"]["S"]
            await self._connection.ask(
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
        found = await run(self._connection, {"command": "query", "input": arguments})
        return [_listener(each) for each in found]

    async def _put(self, whole: Item) -> None:
        await self._connection.ask("put_item", TableName=self._connection.table, Item=whole)


def _entry_key(site: str, connection_id: str) -> Item:
    return key_of(keys.site_partition(site), keys.connection_sort(connection_id))


def _listener(entry: Item) -> Listener:
    token = entry.get("token")
    return Listener(
        entry[keys.SORT]["S"].removeprefix(keys.CONNECTION_PREFIX),
        _decode(entry["view"]["S"]),
        None if token is None else token["S"],
    )

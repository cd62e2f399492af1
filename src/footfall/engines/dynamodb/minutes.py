"""The minutes in DynamoDB: an item each, in the partition of their site."""

from collections.abc import Mapping, Sequence

import msgspec

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import BatchWriter, key_of
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import BODY, Item
from footfall.engines.dynamodb.transactions import Transactions
from footfall.history.port import highest
from footfall.model import MinuteCounts

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(MinuteCounts).decode


class DynamoDbMinutes:
    """See ``history.port.MinuteStore``. Uses the catalog's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._writer = BatchWriter(connection)
        self._items = Transactions(connection)

    async def put(self, minutes: Mapping[str, Sequence[MinuteCounts]]) -> None:
        await self._writer.put(
            _item(site, each) for site, of_site in minutes.items() for each in of_site
        )

    async def read(self, site: str, since: int, until: int) -> list[MinuteCounts]:
        since = max(since, 0)  # a negative number would sort as text does
        if since >= until:
            return []
        first, last = keys.minute_sort(since), keys.minute_sort(until - 1)
        items = await self._items.query(keys.site_partition(site), first, last)
        return [_decode(item[BODY]["S"]) for item in items]

    async def peak(self, site: str, since: int, until: int) -> MinuteCounts | None:
        return highest(await self.read(site, since, until))

    async def ends(self, site: str) -> tuple[int, int] | None:
        oldest = await self._first(site, is_forward=True)
        newest = await self._first(site, is_forward=False)
        return None if oldest is None or newest is None else (oldest, newest)

    async def _first(self, site: str, *, is_forward: bool) -> int | None:
        answer = await self._connection.request(
            "query",
            TableName=self._connection.table,
            KeyConditionExpression="pk = :partition AND begins_with(sk, :minute)",
            ExpressionAttributeValues={
                ":partition": {"S": keys.site_partition(site)},
                ":minute": {"S": keys.MINUTE_PREFIX},
            },
            ScanIndexForward=is_forward,
            Limit=1,
            ConsistentRead=True,
        )
        items = answer["Items"]
        return _decode(items[0][BODY]["S"]).minute if items else None


def _item(site: str, minute: MinuteCounts) -> Item:
    key = key_of(keys.site_partition(site), keys.minute_sort(minute.minute))
    return {**key, BODY: {"S": _encode(minute).decode()}}

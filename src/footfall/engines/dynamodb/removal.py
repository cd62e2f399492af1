"""What is left of removed sites, deleted in small parts by any process.

A removed site has a tombstone from the transaction that removes it until nothing is left of it and
its grace is over. Keys are listed first and deleted only if the tombstone still stands: then they
are those of the removed site, not of a new one with the same id.
"""

import asyncio

from footfall.catalog.port import REMOVAL_GRACE_S
from footfall.clock import now_ms
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import BatchWriter
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item
from footfall.engines.dynamodb.replay import keys_of
from footfall.engines.dynamodb.shards import ShardCount
from footfall.engines.dynamodb.transactions import AT, LAST, Part, Transactions

SITE_ID = "site"
TOKEN_ID = "token"  # noqa: S105
MAX_PARTS = 90
"""Parts of one transaction, which takes 100 including those that are always there."""
UNNOTICED_S = 2.0
"""For this long after a removal, other nodes may still store events of the site."""


class Removal:
    def __init__(self, connection: Connection, transactions: Transactions) -> None:
        self._connection = connection
        self._transactions = transactions
        self._shards = ShardCount(connection)
        self._writer = BatchWriter(connection)

    def tombstone(self, site: str) -> Part:
        at = {"N": str(now_ms())}
        return self._transactions.put(keys.CATALOG, keys.removed_sort(site), at=at)

    async def sweep(self) -> int:
        """Delete a part of what removed sites have left; returns how many items."""
        first, last = keys.REMOVED_PREFIX, keys.REMOVED_PREFIX + LAST
        for tombstone in await self._transactions.query(keys.CATALOG, first, last):
            swept = await self._sweep_site(tombstone)
            if swept:
                return swept
            if abs(_age(tombstone)) > REMOVAL_GRACE_S:
                await self._forget(tombstone)
        return 0

    async def finish(self, site: str) -> None:
        """Delete all that a removed site has left, before it is added again."""
        tombstone = await self._find(site)
        if tombstone is None:
            return
        while await self._sweep_site(tombstone):
            pass
        unnoticed = min(UNNOTICED_S - _age(tombstone), UNNOTICED_S)
        if unnoticed > 0:
            await asyncio.sleep(unnoticed)
            while await self._sweep_site(tombstone):
                pass

    async def catalog_parts(self, site: str) -> list[Part]:
        """Deletions of the goals and tokens of a site, and of the tokens' sessions."""
        transactions = self._transactions
        goals = await transactions.query(
            keys.site_partition(site), keys.GOAL_PREFIX, keys.GOAL_PREFIX + LAST
        )
        tokens = [
            item
            for item in await transactions.query(
                keys.CATALOG, keys.TOKEN_PREFIX, keys.TOKEN_PREFIX + LAST
            )
            if item.get(SITE_ID) == {"S": site}
        ]
        ids = {item[keys.SORT]["S"].removeprefix(keys.TOKEN_PREFIX) for item in tokens}
        sessions = await self.session_parts(ids) if ids else []
        items = [transactions.delete(*_key(item)) for item in goals + tokens]
        return items + sessions

    async def session_parts(self, token_ids: set[str]) -> list[Part]:
        """Deletions of the sessions of these tokens."""
        items = await self._transactions.query(
            keys.CATALOG, keys.SESSION_PREFIX, keys.SESSION_PREFIX + LAST
        )
        return [
            self._transactions.delete(*_key(item))
            for item in items
            if item[TOKEN_ID]["S"] in token_ids
        ]

    async def run_in_parts(self, parts: list[Part]) -> None:
        for start in range(0, len(parts), MAX_PARTS):
            await self._transactions.run(*parts[start : start + MAX_PARTS])

    async def close(self) -> None:
        await self._writer.close()

    async def _sweep_site(self, tombstone: Item) -> int:
        site = keys.id_of(tombstone[keys.SORT]["S"])
        parts = await self.catalog_parts(site)
        if parts and await self._stands(tombstone):
            await self.run_in_parts(parts)
            return len(parts)
        for partition, prefix in await self._places(site):
            async for pairs in keys_of(self._connection, partition, prefix):
                if pairs:
                    return await self._delete(pairs, tombstone)
        return 0

    async def _places(self, site: str) -> list[tuple[str, str]]:
        """Where a site's items are, besides those of the catalog: partitions, and the prefix of
        their sort keys."""
        own = keys.site_partition(site)
        shards = range(await self._shards.for_reading())
        return [
            (own, keys.REALTIME_PREFIX),
            (own, keys.MINUTE_PREFIX),
            *((keys.event_partition(site, shard), keys.EVENT_PREFIX) for shard in shards),
        ]

    async def _delete(self, pairs: list[tuple[str, str]], tombstone: Item) -> int:
        if not await self._stands(tombstone):
            return 0
        await self._writer.delete(pairs)
        return len(pairs)

    async def _find(self, site: str) -> Item | None:
        return await self._transactions.find(keys.CATALOG, keys.removed_sort(site))

    async def _stands(self, tombstone: Item) -> bool:
        return await self._transactions.find(*_key(tombstone)) == tombstone

    async def _forget(self, tombstone: Item) -> None:
        partition, sort = _key(tombstone)
        await self._transactions.changed(
            self._transactions.delete_if(partition, sort, AT, tombstone[AT])
        )


def _key(item: Item) -> tuple[str, str]:
    return item[keys.PARTITION]["S"], item[keys.SORT]["S"]


def _age(tombstone: Item) -> float:
    """Seconds since the removal; negative if this node's clock is behind."""
    return (now_ms() - int(tombstone[AT]["N"])) / 1000

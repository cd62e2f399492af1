"""The catalog in DynamoDB: each write is one transaction that also increments the version.

What depends on other entries (limits, unique names) is read first, and written only if the version
is still the same.
"""

import asyncio
from collections.abc import Collection
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from footfall.catalog import rules
from footfall.catalog.port import CatalogState
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item
from footfall.engines.dynamodb.options import TableOptions
from footfall.engines.dynamodb.removal import MAX_PARTS, SITE_ID, TOKEN_ID, Removal
from footfall.engines.dynamodb.secret_store import SecretStore
from footfall.engines.dynamodb.transactions import (
    ADDED,
    BODY,
    IS_THERE,
    LAST,
    Part,
    Transactions,
)
from footfall.model import BrowserSession, Goal, Site, Token

T = TypeVar("T")

SALT_DAYS = 3
"""Days after which DynamoDB expires a salt that was not deleted."""
LOADS_AT_ONCE = 16

_encode = msgspec.json.Encoder().encode


class DynamoDbCatalog:
    """See ``catalog.port.Catalog``."""

    def __init__(self, options: TableOptions) -> None:
        self.connection = Connection(options)
        self._items = Transactions(self.connection)
        self._removal = Removal(self.connection, self._items)
        self._secrets = SecretStore(self.connection)

    async def store_id(self) -> str:
        return (await self._secrets.get_or_create(keys.STORE_ID, None)).hex()

    async def version(self) -> int:
        return await self._items.version()

    async def load(self) -> CatalogState:
        """Reads the version first, so that a concurrent write shows as a later version."""
        version = await self.version()
        found: dict[str, list[Item]] = {}
        for item in await self._items.query(
            keys.CATALOG, keys.REMOVED_PREFIX, keys.TOKEN_PREFIX + LAST
        ):
            found.setdefault(keys.prefix_of(item[keys.SORT]["S"]), []).append(item)
        site_ids = [keys.id_of(item[keys.SORT]["S"]) for item in found.get(keys.SITE_PREFIX, ())]
        slots = asyncio.Semaphore(LOADS_AT_ONCE)

        async def read_site(site_id: str) -> list[Item]:
            async with slots:
                partition = keys.site_partition(site_id)
                return await self._items.query(partition, keys.GOAL_PREFIX, keys.METADATA)

        items = [item for site in await asyncio.gather(*map(read_site, site_ids)) for item in site]
        metadata = [item for item in items if item[keys.SORT]["S"] == keys.METADATA]
        sites = [_decoded(item, Site) for item in metadata]
        goals = [_decoded(item, Goal) for item in items if item[keys.SORT]["S"] != keys.METADATA]
        tokens = [_decoded(item, Token) for item in found.get(keys.TOKEN_PREFIX, ())]
        sessions = [_decoded(item, BrowserSession) for item in found.get(keys.SESSION_PREFIX, ())]
        return CatalogState(
            version=version,
            sites=tuple(sorted(sites, key=lambda site: site.id)),
            goals=tuple(sorted(goals, key=lambda goal: (goal.site_id, goal.id))),
            tokens=tuple(sorted(tokens, key=lambda token: (token.created, token.id))),
            sessions=tuple(sorted(sessions, key=lambda each: (each.created, each.id))),
            added={
                site.id: int(item[ADDED]["N"]) if ADDED in item else 0
                for site, item in zip(sites, metadata, strict=True)
            },
            removed=tuple(
                keys.id_of(item[keys.SORT]["S"]) for item in found.get(keys.REMOVED_PREFIX, ())
            ),
        )

    async def put_site(self, site: Site) -> None:
        await self._removal.finish(site.id)

        async def plan(version: int) -> list[Part]:
            rules.check_new_site(site, (await self.load()).sites)
            return [
                self._items.put(
                    keys.site_partition(site.id),
                    keys.METADATA,
                    body=_text(site),
                    added={"N": str(version)},
                ),
                self._items.put(keys.CATALOG, keys.site_sort(site.id)),
                self._items.delete(keys.CATALOG, keys.removed_sort(site.id)),
            ]

        await self._items.run_guarded(plan)

    async def change_site(self, before: Site, after: Site) -> bool:
        partition = keys.site_partition(before.id)

        async def plan(_version: int) -> list[Part]:
            item = await self._items.find(partition, keys.METADATA)
            if item is None:
                raise rules.no_site(before.id)
            if _decoded(item, Site) != before:
                return []
            if rules.new_names(before, after):
                rules.check_changed_site(before, after, (await self.load()).sites)
            text = _text(after)["S"]
            return [self._items.replace_body(partition, keys.METADATA, item[BODY]["S"], text)]

        return await self._items.run_guarded(plan)

    async def delete_site(self, site_id: str) -> bool:
        """The site goes and its tombstone comes in the first transaction: whatever happens to the
        others, ``sweep`` finishes them."""
        parts = await self._removal.catalog_parts(site_id)
        existed = await self._items.changed(
            self._items.delete(keys.site_partition(site_id), keys.METADATA, IS_THERE),
            self._items.delete(keys.CATALOG, keys.site_sort(site_id)),
            self._removal.tombstone(site_id),
            *parts[:MAX_PARTS],
        )
        if existed:
            await self._removal.run_in_parts(parts[MAX_PARTS:])
        return existed

    async def sweep(self) -> int:
        return await self._removal.sweep()

    async def put_goal(self, goal: Goal) -> None:
        partition = keys.site_partition(goal.site_id)

        async def plan(_version: int) -> list[Part]:
            items = await self._items.query(partition, keys.GOAL_PREFIX, keys.METADATA)
            goals = [item for item in items if item[keys.SORT]["S"] != keys.METADATA]
            if len(goals) == len(items):
                raise rules.no_site(goal.site_id)
            rules.check_new_goal(goal, [_decoded(item, Goal) for item in goals])
            return [self._items.put(partition, keys.goal_sort(goal.id), body=_text(goal))]

        await self._items.run_guarded(plan)

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        partition = keys.site_partition(site_id)
        return await self._items.changed(
            self._items.delete(partition, keys.goal_sort(goal_id), IS_THERE)
        )

    async def put_token(self, token: Token) -> None:
        site = {} if token.site_id is None else {SITE_ID: {"S": token.site_id}}

        async def plan(_version: int) -> list[Part]:
            if token.site_id is not None:
                partition = keys.site_partition(token.site_id)
                if await self._items.find(partition, keys.METADATA) is None:
                    raise rules.no_site(token.site_id)
            rules.check_new_token(token, await self._tokens())
            sort = keys.token_sort(token.id)
            return [self._items.put(keys.CATALOG, sort, body=_text(token), **site)]

        await self._items.run_guarded(plan)

    async def delete_token(self, token_id: str, *, keeps_admin: bool = False) -> bool:
        sessions: list[Part] = []

        async def plan(_version: int) -> list[Part]:
            tokens = await self._tokens()
            token = next((each for each in tokens if each.id == token_id), None)
            if token is None:
                return []
            if keeps_admin:
                rules.check_revocation(token, tokens)
            sessions[:] = await self._removal.session_parts({token_id})
            deletion = self._items.delete(keys.CATALOG, keys.token_sort(token_id), IS_THERE)
            return [deletion, *sessions[:MAX_PARTS]]

        existed = await self._items.run_guarded(plan)
        if existed:
            await self._removal.run_in_parts(sessions[MAX_PARTS:])
        return existed

    async def _tokens(self) -> list[Token]:
        items = await self._items.query(keys.CATALOG, keys.TOKEN_PREFIX, keys.TOKEN_PREFIX + LAST)
        return [_decoded(item, Token) for item in items]

    async def put_session(self, session: BrowserSession) -> None:
        async def plan(_version: int) -> list[Part]:
            items = await self._items.query(
                keys.CATALOG, keys.SESSION_PREFIX, keys.SESSION_PREFIX + LAST
            )
            same = [
                _decoded(item, BrowserSession)
                for item in items
                if item[TOKEN_ID]["S"] == session.token_id
            ]
            surplus = rules.surplus_sessions(same)[:MAX_PARTS]
            return [
                self._items.put(
                    keys.CATALOG,
                    keys.session_sort(session.id),
                    body=_text(session),
                    token={"S": session.token_id},
                    ttl={"N": str(session.expires // 1000)},
                ),
                *(self._items.delete(keys.CATALOG, keys.session_sort(each)) for each in surplus),
            ]

        await self._items.run_guarded(plan)

    async def delete_sessions(self, ids: Collection[str]) -> bool:
        items = await self._items.query(
            keys.CATALOG, keys.SESSION_PREFIX, keys.SESSION_PREFIX + LAST
        )
        there = {keys.id_of(item[keys.SORT]["S"]) for item in items} & set(ids)
        sorts = [keys.session_sort(each) for each in sorted(there)]
        await self._removal.run_in_parts([self._items.delete(keys.CATALOG, each) for each in sorts])
        return bool(there)

    async def salt(self, day: date) -> bytes:
        until = (day + timedelta(days=SALT_DAYS) - date(1970, 1, 1)).days * 86_400
        return await self._secrets.get_or_create(keys.salt_sort(day.isoformat()), until)

    async def delete_salts(self, before: date) -> None:
        await self._secrets.delete_before(keys.SALT_PREFIX, keys.salt_sort(before.isoformat()))

    async def close(self) -> None:
        await self._removal.close()
        await self.connection.close()


def _decoded(item: Item, kind: type[T]) -> T:
    return msgspec.json.decode(item[BODY]["S"], type=kind)


def _text(value: Site | Goal | Token | BrowserSession) -> dict[str, str]:
    return {"S": _encode(value).decode()}

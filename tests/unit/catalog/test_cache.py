"""The cache of a memory catalog, with a clock that the test sets."""

import asyncio
from datetime import date

import pytest
from msgspec.structs import replace

from footfall.catalog import cache as module
from footfall.catalog import rules
from footfall.catalog.cache import CatalogCache
from footfall.catalog.port import CatalogState
from footfall.catalog.sessions import LIFETIME_SECONDS, new_session, new_session_secret
from footfall.catalog.tokens import digest, settings_token
from footfall.engines.memory import MemoryCatalog
from footfall.errors import NotFound, StoreUnavailable
from footfall.model import Goal, Site, SiteRules, Token

SITE = Site(id="a", name="A")
GOAL = Goal(id="g", site_id="a", name="Bought", kind="event", value="buy")
TOKEN = Token(id="t", scope="read", digest=digest("ff_secret"), created=1, site_id="a")
DAY_MS = 86_400_000
NOON = 1_768_478_400_000
"""2026-01-15T12:00:00Z"""


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


class Catalog(MemoryCatalog):
    """Counts loads, and refuses to answer while ``is_down``."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0
        self.is_down = False
        self.refused = asyncio.Event()

    async def version(self) -> int:
        if self.is_down:
            self.refused.set()
            raise StoreUnavailable("down")
        return await super().version()

    async def load(self) -> CatalogState:
        self.loads += 1
        return await super().load()


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def cache(catalog: Catalog, clock: Clock) -> CatalogCache:
    loaded = CatalogCache(catalog, clock, lambda: True)
    await loaded.refresh()
    return loaded


async def test_it_reflects_the_catalog(catalog: Catalog, cache: CatalogCache) -> None:
    await catalog.put_site(SITE)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    await cache.refresh()
    assert cache.sites == (SITE,)
    assert cache.site("a") == SiteRules(SITE, (GOAL,))
    assert cache.goals("a") == (GOAL,)
    assert cache.tokens == (TOKEN,)
    assert cache.token("ff_secret") == TOKEN
    assert cache.version == await catalog.version()


async def test_unknown_ids_find_nothing(cache: CatalogCache) -> None:
    assert cache.site("b") is None
    assert cache.goals("b") == ()
    assert cache.token("ff_guess") is None


async def test_writes_are_visible_when_they_return(cache: CatalogCache) -> None:
    await cache.put_site(SITE)
    await cache.put_goal(GOAL)
    await cache.put_token(TOKEN)
    assert cache.site("a") == SiteRules(SITE, (GOAL,))
    assert cache.token("ff_secret") == TOKEN
    assert await cache.delete_token("t")
    assert await cache.delete_goal("a", "g")
    assert cache.site("a") == SiteRules(SITE)
    assert cache.token("ff_secret") is None
    assert await cache.delete_site("a")
    assert cache.site("a") is None
    assert not await cache.delete_site("a")


async def test_it_loads_only_when_the_version_has_changed(
    catalog: Catalog, cache: CatalogCache
) -> None:
    before = catalog.loads
    for _ in range(5):
        await cache.refresh()
    assert catalog.loads == before


async def test_each_change_is_announced_once(cache: CatalogCache) -> None:
    seen: list[int] = []
    cache.on_change(lambda: seen.append(len(cache.sites)))
    await cache.put_site(SITE)
    await cache.refresh()
    await cache.delete_site("a")
    assert seen == [1, 0]


async def test_a_removed_site_is_announced(catalog: Catalog, cache: CatalogCache) -> None:
    removed: list[str] = []
    cache.on_site_removed(removed.append)
    await cache.put_site(SITE)
    await cache.put_site(Site(id="b", name="B"))
    await catalog.delete_site("a")
    await cache.refresh()
    assert removed == ["a"]


async def test_it_holds_the_salts_of_three_days(catalog: Catalog, cache: CatalogCache) -> None:
    for day in (14, 15, 16):
        assert cache.salt(date(2026, 1, day)) == await catalog.salt(date(2026, 1, day))
    with pytest.raises(StoreUnavailable, match="2026-01-17"):
        cache.salt(date(2026, 1, 17))


async def test_at_midnight_the_oldest_salt_is_deleted(
    catalog: Catalog, cache: CatalogCache, clock: Clock
) -> None:
    days = [date(2026, 1, day) for day in (14, 15, 16, 17)]
    before = {day: cache.salt(day) for day in days[:3]}
    clock.now += DAY_MS
    await cache.refresh()
    assert [cache.salt(day) for day in days[1:3]] == [before[day] for day in days[1:3]]
    assert cache.salt(days[3]) == await catalog.salt(days[3])
    assert await catalog.salt(days[0]) != before[days[0]]


async def test_a_clock_that_is_days_ahead_for_a_moment_costs_no_salt(
    catalog: Catalog, clock: Clock
) -> None:
    settled = False
    cache = CatalogCache(catalog, clock, lambda: settled)
    await cache.refresh()
    days = [date(2026, 1, day) for day in (14, 15, 16)]
    before = [cache.salt(day) for day in days]
    clock.now += 3 * DAY_MS
    await cache.refresh()
    clock.now -= 3 * DAY_MS
    await cache.refresh()
    assert [cache.salt(day) for day in days] == before
    clock.now += 3 * DAY_MS
    settled = True
    await cache.refresh()
    assert [await catalog.salt(day) for day in days] != before


async def test_it_picks_up_changes_made_elsewhere(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.001)
    cache, changed = CatalogCache(catalog, clock, lambda: True), asyncio.Event()
    await cache.start()
    cache.on_change(changed.set)
    await catalog.put_site(SITE)
    async with asyncio.timeout(5):
        await changed.wait()
    assert cache.sites == (SITE,)
    await cache.stop()


async def test_it_keeps_its_contents_while_the_store_is_down(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.001)
    await catalog.put_site(SITE)
    cache, changed = CatalogCache(catalog, clock, lambda: True), asyncio.Event()
    await cache.start()
    cache.on_change(changed.set)
    catalog.is_down = True
    await catalog.put_site(Site(id="b", name="B"))
    async with asyncio.timeout(5):
        await catalog.refused.wait()
        assert cache.sites == (SITE,)
        catalog.is_down = False
        await changed.wait()
    assert len(cache.sites) == 2
    assert cache.refresh_failures
    await cache.stop()


async def test_starting_without_a_store_fails(catalog: Catalog, clock: Clock) -> None:
    catalog.is_down = True
    with pytest.raises(StoreUnavailable):
        await CatalogCache(catalog, clock, lambda: True).start()


async def test_a_change_is_made_to_the_newest_site(catalog: Catalog, cache: CatalogCache) -> None:
    await cache.put_site(SITE)
    await catalog.change_site(SITE, replace(SITE, public=True))  # by another process
    changed = await cache.change_site("a", lambda site: replace(site, name="New"))
    assert changed == Site(id="a", name="New", public=True)
    assert cache.sites == (changed,)
    with pytest.raises(NotFound, match="nowhere"):
        await cache.change_site("nowhere", lambda site: site)


async def test_a_site_that_was_removed_and_added_again_between_two_refreshes_is_announced(
    catalog: Catalog, cache: CatalogCache
) -> None:
    seen: list[str] = []
    cache.on_site_removed(lambda site: seen.append(f"{site} removed"))
    cache.on_site_added(lambda site: seen.append(f"{site} added"))
    await cache.put_site(SITE)
    await cache.put_site(Site(id="b", name="B"))
    seen.clear()
    await catalog.delete_site("a")
    await catalog.put_site(SITE)
    await cache.refresh()
    assert seen == ["a added", "a removed"]


async def test_the_first_sites_are_not_announced(catalog: Catalog, clock: Clock) -> None:
    await catalog.put_site(SITE)
    cache, seen = CatalogCache(catalog, clock, lambda: True), list[str]()
    cache.on_site_added(seen.append)
    await cache.refresh()
    assert not seen


async def test_sessions_that_are_over_are_deleted(
    catalog: Catalog, cache: CatalogCache, clock: Clock
) -> None:
    await cache.put_site(SITE)
    await cache.put_token(TOKEN)
    secret, orphan = new_session_secret(), replace(TOKEN, id="gone")
    await cache.put_session(new_session(secret, TOKEN, NOON))
    await cache.put_session(new_session(new_session_secret(), orphan, NOON))
    await cache.put_session(new_session(new_session_secret(), settings_token("x"), NOON))
    await cache.refresh()
    assert {each.token_id for each in cache.sessions} == {"t", "settings"}
    assert cache.session(secret) is not None
    clock.now += LIFETIME_SECONDS * 1000
    await cache.refresh()
    assert cache.sessions == (await catalog.load()).sessions == ()
    assert cache.session(secret) is None


@pytest.mark.parametrize(("added", "found"), [({"a": 2, "z": 5}, "a"), ({"a": 5, "z": 2}, "z")])
async def test_a_name_that_sites_share_from_before_is_the_older_ones(
    added: dict[str, int], found: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is a domain or an alias; and such a site can still be changed."""
    sites = (
        Site(id="a", name="A", domains=("shop.example",)),
        Site(id="z", name="Z", aliases=("shop.example",)),
    )

    async def load(_self: Catalog) -> CatalogState:
        return CatalogState(version=1, sites=sites, added=added)

    monkeypatch.setattr(Catalog, "load", load)
    cache = CatalogCache(catalog, Clock(), lambda: True)
    await cache.refresh()
    assert cache.site_named("www.shop.example") == found
    for site in sites:
        rules.check_changed_site(site, replace(site, public=True), sites)

"""The directory over a memory catalog, with a clock the test sets."""

import asyncio
from datetime import date

import pytest

from footfall.catalog import directory as module
from footfall.catalog.directory import Directory
from footfall.catalog.port import CatalogState
from footfall.catalog.tokens import digest
from footfall.engines.memory import MemoryCatalog
from footfall.errors import StoreUnavailable
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
    """Counts loads, and fails while ``is_down``."""

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
async def directory(catalog: Catalog, clock: Clock) -> Directory:
    loaded = Directory(catalog, clock)
    await loaded.refresh()
    return loaded


async def test_it_shows_what_is_in_the_catalog(catalog: Catalog, directory: Directory) -> None:
    await catalog.put_site(SITE)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    await directory.refresh()
    assert directory.sites == (SITE,)
    assert directory.site("a") == SiteRules(SITE, (GOAL,))
    assert directory.goals("a") == (GOAL,)
    assert directory.tokens == (TOKEN,)
    assert directory.token("ff_secret") == TOKEN
    assert directory.version == await catalog.version()


async def test_what_is_not_there_is_none(directory: Directory) -> None:
    assert directory.site("b") is None
    assert directory.goals("b") == ()
    assert directory.token("ff_guess") is None


async def test_writes_show_when_they_return(directory: Directory) -> None:
    await directory.put_site(SITE)
    await directory.put_goal(GOAL)
    await directory.put_token(TOKEN)
    assert directory.site("a") == SiteRules(SITE, (GOAL,))
    assert directory.token("ff_secret") == TOKEN
    assert await directory.delete_token("t")
    assert await directory.delete_goal("a", "g")
    assert directory.site("a") == SiteRules(SITE)
    assert directory.token("ff_secret") is None
    assert await directory.delete_site("a")
    assert directory.site("a") is None
    assert not await directory.delete_site("a")


async def test_it_loads_only_when_the_version_has_moved(
    catalog: Catalog, directory: Directory
) -> None:
    before = catalog.loads
    for _ in range(5):
        await directory.refresh()
    assert catalog.loads == before


async def test_changes_are_told_once_each(directory: Directory) -> None:
    seen: list[int] = []
    directory.on_change(lambda: seen.append(len(directory.sites)))
    await directory.put_site(SITE)
    await directory.refresh()
    await directory.delete_site("a")
    assert seen == [1, 0]


async def test_a_removed_site_is_named(catalog: Catalog, directory: Directory) -> None:
    removed: list[str] = []
    directory.on_site_removed(removed.append)
    await directory.put_site(SITE)
    await directory.put_site(Site(id="b", name="B"))
    await catalog.delete_site("a")
    await directory.refresh()
    assert removed == ["a"]


async def test_it_knows_the_salts_of_three_days(catalog: Catalog, directory: Directory) -> None:
    for day in (14, 15, 16):
        assert directory.salt(date(2026, 1, day)) == await catalog.salt(date(2026, 1, day))
    with pytest.raises(StoreUnavailable, match="2026-01-17"):
        directory.salt(date(2026, 1, 17))


async def test_at_midnight_the_oldest_salt_is_deleted(
    catalog: Catalog, directory: Directory, clock: Clock
) -> None:
    days = [date(2026, 1, day) for day in (14, 15, 16, 17)]
    before = {day: directory.salt(day) for day in days[:3]}
    clock.now += DAY_MS
    await directory.refresh()
    assert [directory.salt(day) for day in days[1:3]] == [before[day] for day in days[1:3]]
    assert directory.salt(days[3]) == await catalog.salt(days[3])
    assert await catalog.salt(days[0]) != before[days[0]]


async def test_it_follows_changes_made_elsewhere(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.001)
    directory, changed = Directory(catalog, clock), asyncio.Event()
    await directory.start()
    directory.on_change(changed.set)
    await catalog.put_site(SITE)
    async with asyncio.timeout(5):
        await changed.wait()
    assert directory.sites == (SITE,)
    await directory.stop()


async def test_it_keeps_what_it_knows_while_the_store_is_down(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.001)
    await catalog.put_site(SITE)
    directory, changed = Directory(catalog, clock), asyncio.Event()
    await directory.start()
    directory.on_change(changed.set)
    catalog.is_down = True
    await catalog.put_site(Site(id="b", name="B"))
    async with asyncio.timeout(5):
        await catalog.refused.wait()
        assert directory.sites == (SITE,)
        catalog.is_down = False
        await changed.wait()
    assert len(directory.sites) == 2
    assert directory.refresh_failures
    await directory.stop()


async def test_starting_without_a_store_says_so(catalog: Catalog, clock: Clock) -> None:
    catalog.is_down = True
    with pytest.raises(StoreUnavailable):
        await Directory(catalog, clock).start()

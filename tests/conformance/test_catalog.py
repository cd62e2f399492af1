"""The conformance suite of the catalog port."""

import asyncio
from datetime import date

import pytest
from msgspec.structs import replace

from footfall.catalog.port import Catalog
from footfall.engines.open import open_catalog, open_store
from footfall.errors import AlreadyExists, NotFound
from footfall.model import BrowserSession, Goal, Site, Token
from tests.conformance.conftest import NewUrl

SITE = Site(
    id="my-site",
    name="Größe <b>",
    domains=("example.com", "*.example.org"),
    public=True,
    exclude_paths=("/admin*",),
    exclude_ips=("10.0.0.0/8", "2001:db8::/32"),
    honour_dnt=False,
)
GOAL = Goal(
    id="g1", site_id="my-site", name="Signed up", kind="path", match="pattern", value="^/a.*$"
)
TOKEN = Token(
    id="t1", scope="read", digest="d" * 64, created=1_700_000_000_000, site_id="my-site", name="CI"
)
SESSION = BrowserSession(
    id="s1", token_id="t1", digest="e" * 64, seal="f" * 64, created=5, expires=2_000_000_000_000
)
DAY = date(2026, 1, 15)


async def test_a_new_catalog_is_empty(catalog: Catalog) -> None:
    state = await catalog.load()
    assert (state.sites, state.goals, state.tokens) == ((), (), ())
    assert state.version == await catalog.version()


async def test_a_store_has_an_id_that_stays_and_is_its_own(
    durable_url: str, new_url: NewUrl
) -> None:
    ids = []
    kind = durable_url.partition(":")[0]
    for url in (durable_url, durable_url, new_url(kind)):
        opened = open_catalog(url)
        ids += [await opened.store_id(), await opened.store_id()]
        await opened.close()
    assert len(ids[0]) >= 32
    assert ids[:4] == [ids[0]] * 4
    assert ids[4:] == [ids[4]] * 2
    assert ids[4] != ids[0]


async def test_a_store_in_memory_has_an_id_of_its_own() -> None:
    ids = [await open_store("memory://").catalog.store_id() for _ in range(2)]
    assert ids[0] != ids[1]


async def test_sites_goals_and_tokens_are_stored_unchanged(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    state = await catalog.load()
    assert (state.sites, state.goals, state.tokens) == ((SITE,), (GOAL,), (TOKEN,))


async def test_lists_have_a_fixed_order(catalog: Catalog) -> None:
    for site_id in ("b", "a.1", "c"):
        await catalog.put_site(Site(id=site_id, name=""))
        for goal_id in ("2", "1"):
            await catalog.put_goal(
                Goal(id=goal_id, site_id=site_id, name=goal_id, kind="event", value="x")
            )
    for created, token_id in ((2, "x"), (1, "z"), (2, "a")):
        await catalog.put_token(Token(id=token_id, scope="read", digest=token_id, created=created))
    state = await catalog.load()
    assert [site.id for site in state.sites] == ["a.1", "b", "c"]
    assert [goal.site_id + goal.id for goal in state.goals] == [
        "a.11", "a.12", "b1", "b2", "c1", "c2",
    ]  # fmt: skip
    assert [token.id for token in state.tokens] == ["z", "a", "x"]


async def test_nothing_is_ever_replaced(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    before = await catalog.load()
    for again in (
        catalog.put_site(Site(id="my-site", name="New")),
        catalog.put_goal(replace(GOAL, name="New")),
        catalog.put_goal(replace(GOAL, id="g2")),
        catalog.put_token(Token(id="t1", scope="admin", digest="x", created=1)),
    ):
        with pytest.raises(AlreadyExists, match=r"my-site|Signed up|New|t1"):
            await again
    assert await catalog.load() == before


async def test_every_write_raises_the_version(catalog: Catalog) -> None:
    versions = [await catalog.version()]
    for write in (
        catalog.put_site(SITE),
        catalog.put_goal(GOAL),
        catalog.put_token(TOKEN),
        catalog.put_session(SESSION),
        catalog.change_site(SITE, replace(SITE, name="New")),
        catalog.delete_sessions(["s1"]),
        catalog.delete_token("t1"),
        catalog.delete_goal("my-site", "g1"),
        catalog.delete_site("my-site"),
    ):
        await write
        versions.append(await catalog.version())
    assert versions == sorted(set(versions))


async def test_reads_and_failed_writes_leave_the_version_unchanged(catalog: Catalog) -> None:
    before = await catalog.version()
    await catalog.load()
    assert not await catalog.delete_site("nowhere")
    assert not await catalog.delete_goal("nowhere", "g1")
    assert not await catalog.delete_token("nobody")
    assert not await catalog.delete_sessions(["s1"])
    assert not await catalog.sweep()
    with pytest.raises(NotFound):
        await catalog.put_goal(GOAL)
    assert await catalog.version() == before


async def test_deleting_a_site_deletes_its_goals_and_tokens(catalog: Catalog) -> None:
    other = Site(id="other", name="Other")
    wide = Token(id="all", scope="admin", digest="e" * 64, created=5)
    for site in (SITE, other):
        await catalog.put_site(site)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    await catalog.put_token(wide)
    assert await catalog.delete_site("my-site")
    state = await catalog.load()
    assert (state.sites, state.goals, state.tokens) == ((other,), (), (wide,))


async def test_deleting_returns_whether_the_entry_existed(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    await catalog.put_goal(GOAL)
    await catalog.put_token(TOKEN)
    assert await catalog.delete_goal("my-site", "g1")
    assert not await catalog.delete_goal("my-site", "g1")
    assert await catalog.delete_token("t1")
    assert not await catalog.delete_token("t1")
    assert await catalog.delete_site("my-site")
    assert not await catalog.delete_site("my-site")


async def test_goals_and_tokens_need_an_existing_site(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="my-site"):
        await catalog.put_goal(GOAL)
    with pytest.raises(NotFound, match="my-site"):
        await catalog.put_token(TOKEN)


async def test_a_day_keeps_its_salt(catalog: Catalog) -> None:
    salt = await catalog.salt(DAY)
    assert len(salt) == 32
    assert await catalog.salt(DAY) == salt
    assert await catalog.salt(date(2026, 1, 16)) != salt


async def test_a_deleted_salt_does_not_return(catalog: Catalog) -> None:
    days = [date(2026, 1, day) for day in (13, 14, 15)]
    before = [await catalog.salt(day) for day in days]
    await catalog.delete_salts(before=days[1])
    after = [await catalog.salt(day) for day in days]
    assert after[0] != before[0]
    assert after[1:] == before[1:]


async def test_concurrent_callers_get_the_same_salt(catalog: Catalog) -> None:
    salts = await asyncio.gather(*(catalog.salt(DAY) for _ in range(20)))
    assert len(set(salts)) == 1


async def test_two_nodes_agree_on_salts_and_see_each_others_writes(durable_url: str) -> None:
    nodes = [open_catalog(durable_url) for _ in range(2)]
    salts = await asyncio.gather(*(node.salt(DAY) for node in nodes * 10))
    assert len(set(salts)) == 1
    before = await nodes[1].version()
    await asyncio.gather(
        *(node.put_site(Site(id=f"{n}", name="")) for n, node in enumerate(nodes * 10))
    )
    assert await nodes[1].version() == before + 20
    assert await nodes[0].load() == await nodes[1].load()
    for node in nodes:
        await node.close()


async def test_the_catalog_survives_a_restart(durable_url: str) -> None:
    first = open_store(durable_url)
    await first.catalog.put_site(SITE)
    await first.catalog.put_goal(GOAL)
    await first.catalog.put_token(TOKEN)
    await first.catalog.put_session(SESSION)
    salt, before = await first.catalog.salt(DAY), await first.catalog.load()
    await first.close()
    second = open_store(durable_url)
    try:
        assert await second.catalog.load() == before
        assert before.sessions == (SESSION,)
        assert await second.catalog.salt(DAY) == salt
    finally:
        await second.close()

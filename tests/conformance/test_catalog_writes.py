"""The conformance suite of the catalog port: many callers at once, limits, and sessions."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from footfall.catalog import rules
from footfall.catalog.port import Catalog
from footfall.engines.open import open_catalog
from footfall.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound
from footfall.model import BrowserSession, Goal, Site, Token

SITE = Site(id="a", name="A")
LARGE = "(?:a?b?){50}"
"""A pattern of some 200 instructions."""


def goal(number: int, name: str = "") -> Goal:
    return Goal(
        id=f"g{number}", site_id="a", name=name or f"Goal {number}", kind="event", value="x"
    )


def token(number: int, site_id: str | None = "a") -> Token:
    return Token(id=f"t{number}", scope="read", digest=f"{number}", created=number, site_id=site_id)


def session(number: int, token_id: str = "t1") -> BrowserSession:
    return BrowserSession(
        id=f"s{number:03d}",
        token_id=token_id,
        digest=f"{number}",
        seal="",
        created=number,
        expires=2_000_000_000_000,
    )


async def refusals(writes: Iterable[Coroutine[Any, Any, None]]) -> list[type]:
    """The types of the errors of writes that run at once."""
    results = await asyncio.gather(*writes, return_exceptions=True)
    return [type(each) for each in results if each is not None]


async def test_of_callers_that_add_one_thing_at_once_one_succeeds(catalog: Catalog) -> None:
    sites = [replace(SITE, name=f"{n}") for n in range(4)]
    assert await refusals(catalog.put_site(each) for each in sites) == [AlreadyExists] * 3
    same = [goal(n, "Bought") for n in range(4)]
    assert await refusals(catalog.put_goal(each) for each in same) == [AlreadyExists] * 3
    tokens = [replace(token(1), name=f"{n}") for n in range(4)]
    assert await refusals(catalog.put_token(each) for each in tokens) == [AlreadyExists] * 3
    state = await catalog.load()
    assert (len(state.sites), len(state.goals), len(state.tokens)) == (1, 1, 1)


async def test_the_patterns_of_a_site_have_a_size_together(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    await catalog.put_site(replace(SITE, id="b"))
    large = [
        replace(goal(n), kind="path", match="pattern", value=f"{n}?{LARGE}") for n in range(50)
    ]
    refused = await refusals(catalog.put_goal(each) for each in large)
    assert 40 <= len(refused) <= 45
    assert set(refused) == {InvalidInput}
    await catalog.put_goal(goal(99))
    await catalog.put_goal(replace(large[0], site_id="b"))


async def test_limits_hold_whoever_adds_at_once(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAX_SITES", "MAX_GOALS", "MAX_TOKENS"):
        monkeypatch.setattr(rules, name, 3)
    await catalog.put_site(SITE)
    await catalog.put_site(Site(id="b", name="B"))
    more = (catalog.put_site(Site(id=f"c{n}", name="C")) for n in range(3))
    assert await refusals(more) == [InvalidInput] * 2
    assert await refusals(catalog.put_goal(goal(n)) for n in range(5)) == [InvalidInput] * 2
    assert await refusals(catalog.put_token(token(n)) for n in range(5)) == [InvalidInput] * 2
    wide = (catalog.put_token(token(n, None)) for n in range(10, 14))
    assert await refusals(wide) == [InvalidInput]
    await catalog.put_token(token(20, "b"))
    state = await catalog.load()
    assert (len(state.sites), len(state.goals), len(state.tokens)) == (3, 3, 7)


async def test_two_nodes_keep_the_limits_together(
    durable_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_GOALS", 5)
    nodes = [open_catalog(durable_url) for _ in range(2)]
    await nodes[0].put_site(SITE)
    writes = (node.put_goal(goal(n)) for n, node in enumerate(nodes * 4))
    assert await refusals(writes) == [InvalidInput] * 3
    assert len((await nodes[1].load()).goals) == 5
    for node in nodes:
        await node.close()


async def test_a_change_of_a_site_that_was_changed_meanwhile_is_not_made(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    public, renamed = replace(SITE, public=True), replace(SITE, name="New")
    assert await catalog.change_site(SITE, public)
    assert not await catalog.change_site(SITE, renamed)
    assert (await catalog.load()).sites == (public,)
    with pytest.raises(NotFound, match="nowhere"):
        await catalog.change_site(Site(id="nowhere", name=""), renamed)


async def test_of_changes_at_once_one_is_made(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    names = [replace(SITE, name=f"{n}") for n in range(5)]
    made = await asyncio.gather(*(catalog.change_site(SITE, each) for each in names))
    assert sorted(made) == [False] * 4 + [True]
    assert (await catalog.load()).sites == (names[made.index(True)],)


async def test_a_changed_site_is_still_the_same_and_one_added_again_is_another(
    catalog: Catalog,
) -> None:
    await catalog.put_site(SITE)
    first = (await catalog.load()).added
    await catalog.change_site(SITE, replace(SITE, name="New"))
    assert (await catalog.load()).added == first
    await catalog.delete_site("a")
    assert (await catalog.load()).added == {}
    await catalog.put_site(SITE)
    assert (await catalog.load()).added["a"] > first["a"]


async def test_sessions_are_stored_and_deleted(catalog: Catalog) -> None:
    for number in (2, 1, 3):
        await catalog.put_session(session(number))
    assert (await catalog.load()).sessions == tuple(map(session, (1, 2, 3)))
    assert await catalog.delete_sessions(["s001", "s003", "none"])
    assert (await catalog.load()).sessions == (session(2),)
    assert not await catalog.delete_sessions(["s001"])
    assert not await catalog.delete_sessions([])


async def test_the_oldest_sessions_of_a_token_give_way(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_SESSIONS", 3)
    await catalog.put_session(session(0, "another"))
    for number in range(1, 6):
        await catalog.put_session(session(number))
    ids = [each.id for each in (await catalog.load()).sessions]
    assert ids == ["s000", "s003", "s004", "s005"]


async def test_sessions_end_with_their_token_and_its_site(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    for number, of in enumerate(("t1", "t2", "settings")):
        await catalog.put_session(session(number, of))
    await catalog.put_token(token(1, None))
    await catalog.put_token(token(2))
    assert await catalog.delete_token("t1")
    assert [each.token_id for each in (await catalog.load()).sessions] == ["t2", "settings"]
    assert await catalog.delete_site("a")
    assert [each.token_id for each in (await catalog.load()).sessions] == ["settings"]
    assert not await catalog.delete_token("settings")
    assert [each.token_id for each in (await catalog.load()).sessions] == ["settings"]


def named(site_id: str, *domains: str, aliases: tuple[str, ...] = ()) -> Site:
    return Site(id=site_id, name=site_id, domains=domains, aliases=aliases)


SHOP = named("shop", "shop.example", aliases=("9f1b",))


@pytest.mark.parametrize(
    ("site", "field"),
    [
        (named("b", "b.example", "shop.example"), r"domains\[1\]"),
        (named("b", "www.shop.example"), r"domains\[0\]"),
        (named("b", aliases=("shop.example",)), r"aliases\[0\]"),
        (named("b", aliases=("x", "9f1b")), r"aliases\[1\]"),
        (named("b", "shop"), r"domains\[0\]"),
        (named("shop.example"), "id"),
        (named("9f1b"), "id"),
    ],
)
async def test_a_name_of_one_site_is_no_other_ones(
    site: Site, field: str, catalog: Catalog
) -> None:
    """As an id, a domain or an alias: events of other products' scripts have only that."""
    await catalog.put_site(SHOP)
    with pytest.raises(AlreadyExists, match="in use by another site") as refused:
        await catalog.put_site(site)
    assert re.fullmatch(field, refused.value.field or "")
    assert refused.value.site == "shop"
    if field == "id":
        return
    before = Site(id="b", name="B")
    await catalog.put_site(before)
    with pytest.raises(AlreadyExists, match="in use by another site"):
        await catalog.change_site(before, site)
    assert (await catalog.load()).sites == (before, SHOP)


async def test_a_site_keeps_its_names_and_gives_them_back(catalog: Catalog) -> None:
    await catalog.put_site(SHOP)
    moved = replace(SHOP, name="Shop", domains=("new.example",), aliases=("shop.example",))
    assert await catalog.change_site(SHOP, moved)
    await catalog.put_site(named("b", "b.example", aliases=("9f1b",)))
    await catalog.delete_site("shop")
    await catalog.put_site(named("c", "new.example", "shop.example"))


async def test_of_sites_that_take_one_name_at_once_one_gets_it(durable_url: str) -> None:
    nodes = [open_catalog(durable_url) for _ in range(2)]
    writes = [
        node.put_site(named(f"s{n}", f"{n}.example", aliases=("one",)))
        for n, node in enumerate(nodes * 2)
    ]
    assert await refusals(writes) == [AlreadyExists] * 3
    before = [Site(id=each, name=each) for each in ("a", "b")]
    for site in before:
        await nodes[0].put_site(site)
    results = await asyncio.gather(
        *(
            node.change_site(site, replace(site, domains=("two.example",)))
            for node, site in zip(nodes, before, strict=True)
        ),
        return_exceptions=True,
    )
    assert [type(each) for each in results if each is not True] == [AlreadyExists]
    for node in nodes:
        await node.close()


async def test_the_last_admin_token_stays_whoever_revokes_at_once(durable_url: str) -> None:
    nodes = [open_catalog(durable_url) for _ in range(2)]
    admins = [replace(token(n, None), scope="admin") for n in range(2)]
    for each in admins:
        await nodes[0].put_token(each)
    results = await asyncio.gather(
        *(
            node.delete_token(each.id, keeps_admin=True)
            for node, each in zip(nodes, admins, strict=True)
        ),
        return_exceptions=True,
    )
    assert [type(each) for each in results if each is not True] == [NotAllowed]
    [left] = (await nodes[1].load()).tokens
    assert left.scope == "admin"
    assert not await nodes[0].delete_token("unknown", keeps_admin=True)
    assert await nodes[0].delete_token(left.id)
    for node in nodes:
        await node.close()


async def test_other_tokens_may_go_while_one_admin_stays(catalog: Catalog) -> None:
    await catalog.put_site(SITE)
    for each in (replace(token(1), scope="admin"), token(2, None)):
        await catalog.put_token(each)
        assert await catalog.delete_token(each.id, keeps_admin=True)

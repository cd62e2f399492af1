from footfall.catalog import tokens
from footfall.demo.site import SITE_ID, prepare
from footfall.demo.sitemap import PAGES, ROOT
from footfall.engines.memory import MemoryCatalog


async def test_the_demo_site_is_public_and_has_a_write_token() -> None:
    catalog = MemoryCatalog()

    demo = await prepare(catalog)

    state = await catalog.load()
    assert state.sites == (demo.site,)
    assert demo.site.id == SITE_ID
    assert demo.site.public
    [token] = state.tokens
    assert (token.scope, token.site_id) == ("write", SITE_ID)
    assert token.digest == tokens.digest(demo.write_token)


async def test_path_goals_are_reached_by_pages_of_the_shop() -> None:
    catalog = MemoryCatalog()
    await prepare(catalog)

    paths = [goal.value for goal in (await catalog.load()).goals if goal.kind == "path"]

    assert len(paths) == 3
    for value in paths:
        assert any((ROOT + page).startswith(value) for page in PAGES)


async def test_preparing_twice_leaves_one_site() -> None:
    catalog = MemoryCatalog()

    first, second = await prepare(catalog), await prepare(catalog)

    state = await catalog.load()
    assert len(state.sites) == 1
    assert len(state.goals) == 4
    assert first.write_token != second.write_token

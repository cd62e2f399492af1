"""The overview has one row per site; updates have the rows that changed."""

import asyncio

import msgspec

from footfall.principal import HOLDER
from tests.copy import Copy
from tests.unit.live.conftest import World
from tests.unit.live.test_subscription import next_message, view

BOTH = ("a", "b")


async def test_rows_match_the_documents(world: World) -> None:
    await world.send(view(world, 1), view(world, 2))
    overview = msgspec.to_builtins(await world.hub.overview(BOTH, HOLDER))
    assert overview["asOf"] == world.expected()["asOf"]
    for row, site in zip(overview["sites"], BOTH, strict=True):
        document = world.expected(site)
        pages = document["activePages"]
        assert row == {
            "siteId": site,
            "name": site.upper(),
            "currentVisitors": document["currentVisitors"],
            "perMinute": document["perMinute"],
            "topPage": pages[0]["path"] if pages else None,
        }


async def test_an_update_has_the_rows_that_changed(world: World) -> None:
    subscription = await world.hub.subscribe_overview(BOTH, HOLDER)
    copy = Copy()
    copy.apply(await next_message(subscription))
    await world.send(view(world, 1))
    message = await next_message(subscription)
    assert [row["siteId"] for row in msgspec.json.decode(message.text)["sites"]] == ["a"]
    copy.apply(message)
    assert copy.document == msgspec.to_builtins(await world.hub.overview(BOTH, HOLDER))


async def test_numbers_fall_as_time_passes(world: World) -> None:
    await world.send(view(world, 1))
    subscription = await world.hub.subscribe_overview(BOTH, HOLDER)
    copy = Copy()
    copy.apply(await next_message(subscription))
    assert copy.document["sites"][0]["currentVisitors"] == 1
    world.pass_time(300)
    while copy.document["sites"][0]["currentVisitors"]:
        async with asyncio.timeout(10):
            copy.apply(await anext(subscription))
    assert copy.document["sites"][0]["topPage"] is None

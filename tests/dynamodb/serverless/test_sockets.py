"""Connections of the WebSocket API: who may subscribe, who gets updates, who is removed."""

import json
import time
from typing import Any

import pytest

from footfall.engines.dynamodb import keys
from footfall.serverless.container import container
from tests.dynamodb.serverless.world import World


@pytest.fixture
def shop(world: World) -> World:
    world.add_site("shop")
    world.add_site("square", public=True)
    return world


def visit(world: World, site: str = "shop") -> None:
    """One page view, stored and delivered to the stream function."""
    body = json.dumps({"s": site, "e": "pageview", "u": "https://shop.example/"})
    answer = world.request("POST", "/collect", body=body)
    assert answer["statusCode"] == 204, answer
    world.deliver(world.records())


def test_a_subscriber_gets_the_document_at_once_and_whenever_it_changes(shop: World) -> None:
    shop.subscribe("ann", "shop", token=shop.add_token("read", "shop"))
    visit(shop)
    first, second = shop.gateway.sent["ann"]
    assert (first["type"], first["siteId"], first["pageViews"]) == ("snapshot", "shop", 0)
    assert (second["type"], second["pageViews"]) == ("snapshot", 1)
    assert second["position"]["version"] > first["position"]["version"]


def test_a_public_site_needs_no_token(shop: World) -> None:
    shop.subscribe("ann", "square")
    assert shop.gateway.last("ann")["siteId"] == "square"


def test_subscribers_of_other_sites_get_nothing(shop: World) -> None:
    shop.subscribe("ann", "square")
    visit(shop, "shop")
    assert len(shop.gateway.sent["ann"]) == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"site": "shop"}, 4401),
        ({"site": "shop", "token": "made-up"}, 4401),
        ({"site": "nowhere"}, 4404),
        ({"site": "square", "minutes": 99}, 4400),
        ({"site": "square", "colour": "red"}, 4400),
        ({"action": "dance"}, 4400),
    ],
)
def test_a_refusal_has_a_reason_and_ends_the_connection(
    shop: World, wanted: dict[str, Any], code: int
) -> None:
    shop.send("subscribe", "eve", {"action": "subscribe", **wanted})
    [refusal] = shop.gateway.sent["eve"]
    assert (refusal["type"], refusal["code"]) == ("refused", code)
    assert refusal["reason"]
    assert shop.gateway.ended == {"eve"}
    assert shop.items(keys.CONNECTION_PREFIX) == {}


def test_a_write_token_can_not_subscribe(shop: World) -> None:
    shop.subscribe("eve", "shop", token=shop.add_token("write", "shop"))
    assert shop.gateway.last("eve")["code"] == 4401


def test_a_gone_connection_is_removed_and_others_still_get_updates(shop: World) -> None:
    shop.subscribe("ann", "square")
    shop.subscribe("bob", "square")
    shop.gateway.gone.add("ann")
    visit(shop, "square")
    assert shop.gateway.last("bob")["pageViews"] == 1
    assert ("SITE#square", "CONNECTION#ann") not in shop.items(keys.CONNECTION_PREFIX)
    shop.gateway.attempts.clear()
    visit(shop, "square")
    assert shop.gateway.attempts == ["bob"]


def test_disconnecting_removes_the_items_of_the_connection(shop: World) -> None:
    shop.subscribe("ann", "square")
    assert shop.items(keys.CONNECTION_PREFIX)
    shop.send("$disconnect", "ann")
    assert shop.items(keys.CONNECTION_PREFIX) == {}
    assert ("CONNECTION#ann", "METADATA") not in shop.items(keys.METADATA)


def test_a_later_subscription_replaces_the_earlier_one(shop: World) -> None:
    token = shop.add_token("read", "shop")
    shop.subscribe("ann", "square")
    shop.send("subscribe", "ann", {"action": "subscribe", "site": "shop", "token": token})
    shop.gateway.attempts.clear()
    visit(shop, "square")
    assert shop.gateway.attempts == []


def test_a_revoked_token_ends_its_connections_at_the_next_message(shop: World) -> None:
    shop.subscribe("ann", "shop", token=shop.add_token("read", "shop"))
    catalog = container().components.catalog
    container().run(catalog.delete_token("read-shop"))
    visit(shop)
    assert shop.gateway.last("ann")["code"] == 4401
    assert shop.gateway.ended == {"ann"}


def test_views_of_a_site_are_capped(shop: World) -> None:
    most = container().components.settings.max_views_per_site
    for number in range(most):
        shop.subscribe(f"c{number}", "square", path=f"/{number}")
    shop.subscribe("one-more", "square", path="/one-more")
    assert shop.gateway.last("one-more")["code"] == 1013
    shop.subscribe("same-view", "square", path="/0")
    assert shop.gateway.last("same-view")["type"] == "snapshot"


def test_strangers_take_no_place_of_who_has_a_token_of_the_site(shop: World) -> None:
    for number in range(container().components.settings.max_views_per_site):
        shop.subscribe(f"c{number}", "square", path=f"/{number}")
    foreign, own = shop.add_token("admin", "shop"), shop.add_token("read", "square")
    shop.subscribe("foreign", "square", path="/foreign", token=foreign)
    assert shop.gateway.last("foreign")["code"] == 1013
    shop.subscribe("owner", "square", path="/own", token=own)
    assert shop.gateway.last("owner")["type"] == "snapshot"


def test_visitors_expire_without_new_events(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.subscribe("ann", "square", minutes=1)
    visit(shop, "square")
    assert shop.gateway.last("ann")["currentVisitors"] == 1
    later = time.time_ns() + 61 * 10**9
    monkeypatch.setattr("footfall.clock.time.time_ns", lambda: later)
    shop.pass_minute()
    assert shop.gateway.last("ann")["currentVisitors"] == 0

"""The HTTP function: what it has in common with the server, and what only the server has."""

import json

import pytest

from tests.dynamodb.serverless.world import ADMIN, World


@pytest.mark.parametrize("transport", ["ws", "stream"])
def test_live_connections_are_refused_with_the_websocket_address(
    world: World, transport: str
) -> None:
    world.add_site("square", public=True)
    answer = world.request("GET", f"/api/analytics/sites/square/{transport}")
    assert answer["statusCode"] == 501
    error = json.loads(answer["body"])["error"]
    assert world.gateway.url.replace("http://", "ws://") in error
    assert '"action": "subscribe"' in error


@pytest.mark.parametrize("transport", ["ws", "stream"])
def test_live_connections_to_the_overview_are_refused(world: World, transport: str) -> None:
    answer = world.request("GET", f"/api/analytics/overview/{transport}", token=ADMIN)
    assert answer["statusCode"] == 501
    assert "overview again" in json.loads(answer["body"])["error"]


def test_metrics_are_not_served(world: World) -> None:
    answer = world.request("GET", "/metrics", token=ADMIN)
    assert answer["statusCode"] == 501


def test_the_overview_has_a_row_for_each_site(world: World) -> None:
    world.add_site("shop")
    world.add_site("square", public=True)
    body = json.dumps({"s": "shop", "e": "pageview", "u": "https://shop.example/cart"})
    assert world.request("POST", "/collect", body=body)["statusCode"] == 204
    world.deliver(world.records())
    answer = world.request("GET", "/api/analytics/overview", token=ADMIN)
    rows = {row["siteId"]: row for row in json.loads(answer["body"])["sites"]}
    assert (rows["shop"]["currentVisitors"], rows["shop"]["topPage"]) == (1, "/cart")
    assert (rows["square"]["currentVisitors"], rows["square"]["name"]) == (0, "Square")


def test_deleting_a_site_deletes_its_events(world: World) -> None:
    world.add_site("shop")
    body = json.dumps({"s": "shop", "e": "pageview", "u": "https://shop.example/"})
    world.request("POST", "/collect", body=body)
    assert world.stored()
    assert world.request("DELETE", "/api/analytics/sites/shop", token=ADMIN)["statusCode"] == 204
    assert not world.stored()


def test_the_address_of_the_visitor_comes_from_the_gateway(world: World) -> None:
    """The caller may have written X-Forwarded-For; the gateway gives the real address."""
    world.add_site("square", public=True)
    body = json.dumps({"s": "square", "e": "pageview", "u": "https://shop.example/"})
    for forwarded in ("198.51.100.1", "198.51.100.2"):
        world.request("POST", "/collect", body=body, headers={"x-forwarded-for": forwarded})
    assert len({event.visitor for event in world.stored()}) == 1


def test_a_read_token_in_the_query_string_is_accepted(world: World) -> None:
    world.add_site("shop")
    secret = world.add_token("read", "shop")
    path = "/api/analytics/sites/shop/realtime"
    assert world.request("GET", path)["statusCode"] == 401
    assert world.request("GET", path, query=f"token={secret}")["statusCode"] == 200

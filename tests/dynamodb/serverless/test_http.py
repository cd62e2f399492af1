"""The HTTP function: what is as in the server, and what only the server has."""

import json

import pytest

from tests.dynamodb.serverless.world import ADMIN, World


@pytest.mark.parametrize("way", ["ws", "stream"])
def test_live_connections_are_refused_with_the_way_to_go(world: World, way: str) -> None:
    world.add_site("square", public=True)
    answer = world.ask("GET", f"/api/analytics/sites/square/{way}")
    assert answer["statusCode"] == 501
    error = json.loads(answer["body"])["error"]
    assert world.gateway.url.replace("http://", "ws://") in error
    assert '"action": "subscribe"' in error


@pytest.mark.parametrize("way", ["ws", "stream"])
def test_the_overview_is_read_not_followed(world: World, way: str) -> None:
    answer = world.ask("GET", f"/api/analytics/overview/{way}", token=ADMIN)
    assert answer["statusCode"] == 501
    assert "overview again" in json.loads(answer["body"])["error"]


def test_metrics_are_cloudwatchs(world: World) -> None:
    answer = world.ask("GET", "/metrics", token=ADMIN)
    assert answer["statusCode"] == 501


def test_the_overview_has_a_row_for_each_site(world: World) -> None:
    world.add_site("shop")
    world.add_site("square", public=True)
    body = json.dumps({"s": "shop", "e": "pageview", "u": "https://shop.example/cart"})
    assert world.ask("POST", "/collect", body=body)["statusCode"] == 204
    world.deliver(world.records())
    answer = world.ask("GET", "/api/analytics/overview", token=ADMIN)
    rows = {row["siteId"]: row for row in json.loads(answer["body"])["sites"]}
    assert (rows["shop"]["currentVisitors"], rows["shop"]["topPage"]) == (1, "/cart")
    assert (rows["square"]["currentVisitors"], rows["square"]["name"]) == (0, "Square")


def test_a_sites_events_go_with_it(world: World) -> None:
    world.add_site("shop")
    body = json.dumps({"s": "shop", "e": "pageview", "u": "https://shop.example/"})
    world.ask("POST", "/collect", body=body)
    assert world.stored()
    assert world.ask("DELETE", "/api/analytics/sites/shop", token=ADMIN)["statusCode"] == 204
    assert not world.stored()


def test_the_address_of_the_visitor_is_the_gateways_word(world: World) -> None:
    """X-Forwarded-For is what a stranger wrote: API Gateway says itself who calls."""
    world.add_site("square", public=True)
    body = json.dumps({"s": "square", "e": "pageview", "u": "https://shop.example/"})
    for forwarded in ("198.51.100.1", "198.51.100.2"):
        world.ask("POST", "/collect", body=body, headers={"x-forwarded-for": forwarded})
    assert len({event.visitor for event in world.stored()}) == 1


def test_a_read_token_in_the_address_is_heard(world: World) -> None:
    world.add_site("shop")
    secret = world.add_token("read", "shop")
    path = "/api/analytics/sites/shop/realtime"
    assert world.ask("GET", path)["statusCode"] == 401
    assert world.ask("GET", path, query=f"token={secret}")["statusCode"] == 200

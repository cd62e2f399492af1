"""All Lambda functions together: events in by HTTP, documents and messages as the oracle says."""

import json
import time
from datetime import datetime
from random import Random
from typing import Any

import pytest

from footfall.engines.dynamodb import keys
from tests.dynamodb.serverless.world import ADMIN, BROWSER, World
from tests.oracle import expected

AGENTS = (
    BROWSER,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
)
ADDRESSES = ("81.2.69.160", "8.8.8.8", "203.0.113.9", "133.1.2.3", "2001:db8::7")
REFERRERS = ("https://www.google.com/", "https://news.example/item", None)


def visits(random: Random, count: int, until: int) -> list[dict[str, Any]]:
    """Events that a server sends of its visitors in the 25 minutes before ``until`` (s)."""
    sent: list[dict[str, Any]] = []
    for number in range(count):
        kind = random.choice(("pageview", "pageview", "event", "outbound", "ping", "leave"))
        wire: dict[str, Any] = {
            "s": "shop",
            "e": kind,
            "u": f"https://shop.example/{random.choice(('', 'docs', 'docs/api', 'cart'))}",
            "sid": f"tab-{random.randrange(12)}",
            "id": f"id-{number}",
            "ts": (until - random.randrange(1500)) * 1000 + random.randrange(1000),
            "ip": random.choice(ADDRESSES),
            "ua": random.choice(AGENTS),
        }
        if kind == "pageview":
            wire["r"] = random.choice(REFERRERS)
        if kind == "event":
            wire["p"] = {"name": random.choice(("signup", "play"))}
        if kind == "outbound":
            wire["p"] = {"url": "https://elsewhere.example/"}
        sent.append({name: value for name, value in wire.items() if value is not None})
        if random.random() < 0.2:  # a repetition, at the same time or later
            delay = random.choice((0, 1_000, 599_000, 700_000))
            again = {**sent[-1], "ts": min(wire["ts"] + delay, until * 1000)}
            sent.append(again)
    return sent


def collect(world: World, token: str, sent: list[dict[str, Any]]) -> None:
    body = "\n".join(json.dumps(each) for each in sent)
    answer = world.request("POST", "/collect", body=body, token=token)
    assert answer["statusCode"] == 204, answer


def expected_for(world: World, document: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The oracle's document for the events in the table, at the time of ``document``."""
    now = int(datetime.fromisoformat(document["asOf"]).timestamp())
    return expected(world.stored(), site="shop", now=now, **wanted)


def without_envelope(message: dict[str, Any]) -> dict[str, Any]:
    assert message["type"] == "snapshot"
    return {name: value for name, value in message.items() if name not in ("type", "position")}


@pytest.fixture
def shop(world: World) -> World:
    answer = world.request(
        "POST", "/api/analytics/sites", body='{"id": "shop", "name": "Shop"}', token=ADMIN
    )
    assert answer["statusCode"] == 201, answer
    goal = '{"name": "Cart", "kind": "path", "value": "/cart"}'
    answer = world.request("POST", "/api/analytics/sites/shop/goals", body=goal, token=ADMIN)
    assert answer["statusCode"] == 201, answer
    return world


def test_documents_and_messages_match_the_oracle(shop: World) -> None:
    write, read = shop.add_token("write", "shop"), shop.add_token("read", "shop")
    random = Random(7)
    now = int(time.time())
    shop.subscribe("everyone", "shop", token=read)
    shop.subscribe("docs", "shop", token=read, minutes=30, limit=5, path="/docs*")
    assert shop.gateway.last("everyone")["currentVisitors"] == 0

    for _ in range(4):
        collect(shop, write, visits(random, 60, now))
        assert shop.deliver(shop.records()) == {"batchItemFailures": []}

    for query, wanted in (
        ("", {"minutes": 5}),
        ("minutes=30&limit=3", {"minutes": 30, "limit": 3}),
        ("minutes=10&device=mobile", {"minutes": 10, "wanted": {"device": "mobile"}}),
    ):
        document = shop.realtime("shop", read, query)
        assert document["pageViews"] > 0
        assert document == expected_for(shop, document, **wanted)

    message = without_envelope(shop.gateway.last("everyone"))
    assert message == expected_for(shop, message, minutes=5)
    message = without_envelope(shop.gateway.last("docs"))
    assert message == expected_for(shop, message, minutes=30, limit=5, wanted={"path": "/docs*"})
    assert len(shop.gateway.sent["everyone"]) == 5


def test_a_batch_delivered_twice_changes_nothing(shop: World) -> None:
    write, read = shop.add_token("write", "shop"), shop.add_token("read", "shop")
    collect(shop, write, visits(Random(8), 80, int(time.time())))
    records = shop.records()
    shop.deliver(records)
    before = shop.items(keys.REALTIME_PREFIX)
    shop.deliver(records)
    assert shop.items(keys.REALTIME_PREFIX) == before
    document = shop.realtime("shop", read)
    assert document == expected_for(shop, document, minutes=5)


def test_minute_items_in_the_stream_are_not_counted(shop: World) -> None:
    write = shop.add_token("write", "shop")
    collect(shop, write, visits(Random(9), 20, int(time.time())))
    shop.deliver(shop.records())
    before = shop.items(keys.REALTIME_PREFIX)
    minute_items = shop.records()
    assert minute_items
    shop.deliver(minute_items)
    assert shop.items(keys.REALTIME_PREFIX) == before

"""Servers that share one table show the same numbers, whichever of them received the events."""

import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

import httpx
import pytest

from footfall.engines.dynamodb.event_log import DynamoDbEventLog
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import USUAL_RETENTION
from footfall.model import Event
from tests import oracle
from tests.e2e.processes import Api, Footfall
from tests.events import replayed
from tests.tables import new_table

ADMIN = "the-admin-token-of-the-tests"
PATIENCE_S = 60
BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
)
REFERRERS = (None, "https://www.google.com/", "https://news.example/")


class Crowd:
    """Visitors whose events a server sends with a write token, to one node or another."""

    def __init__(self, write_token: str) -> None:
        self.page_views = 0
        self._dice = Random(11)
        self._headers = {"Authorization": f"Bearer {write_token}"}
        self._sent = 0

    def walk(self, node: Footfall, requests: int) -> None:
        for _ in range(requests):
            body = [self._event() for _ in range(10)]
            _until(partial(self._is_taken, node, body))

    def _is_taken(self, node: Footfall, body: list[dict[str, Any]]) -> bool:
        """False if the node does not know the token yet, which was created on another one."""
        answer = httpx.post(
            f"{node.url}/collect", json=body, headers=self._headers, timeout=PATIENCE_S
        )
        assert answer.status_code in (204, 401), answer.text
        return answer.status_code == 204

    def _event(self) -> dict[str, Any]:
        dice = self._dice
        kind = dice.choice(("pageview", "pageview", "ping"))
        self.page_views += kind == "pageview"
        self._sent += 1
        event = {
            "s": "shop",
            "e": kind,
            "u": f"https://shop.example/{dice.choice(('', 'plants', 'light'))}",
            "id": f"n{self._sent}",
            "sid": f"s{dice.randrange(30)}",
            "ip": f"81.2.69.{dice.randrange(40)}",
            "ua": dice.choice(BROWSERS),
        }
        referrer = dice.choice(REFERRERS)
        return event if referrer is None else {**event, "r": referrer}


@pytest.fixture
def store(dynamodb_endpoint: str, aws_credentials: None) -> Iterator[str]:
    with new_table(dynamodb_endpoint) as url:
        yield url


@pytest.fixture
def nodes(store: str) -> Iterator[list[Footfall]]:
    """Three nodes, not started yet."""
    environ = {"FOOTFALL_STORE": store, "FOOTFALL_ADMIN_TOKEN": ADMIN}
    made = [Footfall("serve", environ=environ) for _ in range(3)]
    yield made
    for node in made:
        node.stop()


async def test_nodes_agree_and_a_new_node_replaces_a_killed_one(
    nodes: list[Footfall], store: str
) -> None:
    first, second, third = nodes
    first.start()
    second.start()
    api = Api(first, ADMIN)
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    crowd = Crowd(api.post("/tokens", {"scope": "write", "siteId": "shop"})["secret"])
    _until_known(second)

    crowd.walk(first, 6)
    crowd.walk(second, 6)
    await _agree([first, second], crowd, store)

    first.kill()
    crowd.walk(second, 4)
    third.start()
    crowd.walk(third, 4)
    crowd.walk(second, 2)
    await _agree([second, third], crowd, store)
    assert _ready(third)


async def _agree(nodes: list[Footfall], crowd: Crowd, store: str) -> None:
    """Wait until the documents of all nodes match the oracle."""
    history = await _history(store)
    assert sum(event.type == "pageview" for event in history) == crowd.page_views
    for node in nodes:
        for wanted in ({}, {"browser": "Firefox"}, {"source": "Google"}):
            _until(partial(_is_shown, node, wanted, history))


def _is_shown(node: Footfall, wanted: dict[str, str], history: list[Event]) -> bool:
    document = _document(node, wanted)
    now = int(datetime.fromisoformat(document["asOf"]).timestamp())
    expected = oracle.expected(history, site="shop", now=now, minutes=30, wanted=wanted)
    return bool(document == expected)


async def _history(store: str) -> list[Event]:
    log = DynamoDbEventLog(parse_options(store), USUAL_RETENTION)
    try:
        return await replayed(log, 0, site="shop")
    finally:
        await log.close()


def _document(node: Footfall, wanted: dict[str, str] | None = None) -> Any:
    answer = httpx.get(
        f"{node.url}/api/analytics/sites/shop/realtime",
        params={"minutes": 30, **(wanted or {})},
        timeout=PATIENCE_S,
    )
    assert answer.is_success, answer.text
    return answer.json()


def _until_known(node: Footfall) -> None:
    url = f"{node.url}/api/analytics/sites/shop/realtime"
    _until(lambda: httpx.get(url, timeout=PATIENCE_S).is_success)


def _ready(node: Footfall) -> bool:
    url = f"{node.url}/readyz"
    return _until(lambda: httpx.get(url, timeout=PATIENCE_S).is_success)


def _until(holds: Any) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.1)
    return True

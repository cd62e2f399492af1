"""The whole server on a table that throttles, loses answers, processes half, or is unreachable."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from footfall.app import Application
from footfall.engines.dynamodb import connection
from footfall.model import Site
from tests.emulator import REGION
from tests.events import stored
from tests.faults import Fault, FaultyDynamoDb
from tests.serving import START, new_app, running, until
from tests.tables import POLL_MS, new_table

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
EVENTS = 300
SENDERS = 30
SETTLE_S = 60


class RandomFaults:
    """Makes a ``share`` of the requests fail, each with a random fault; seeded."""

    def __init__(self) -> None:
        self.share = 0.0
        self._dice = random.Random(3)

    def __call__(self, operation: str) -> Fault | None:
        if self._dice.random() >= self.share:
            return None
        return self._dice.choice(list(Fault))


@pytest.fixture
def faults() -> RandomFaults:
    return RandomFaults()


@pytest.fixture
async def table(
    dynamodb_endpoint: str, aws_credentials: None, faults: RandomFaults
) -> AsyncIterator[FaultyDynamoDb]:
    proxy = FaultyDynamoDb(dynamodb_endpoint, faults)
    await proxy.up()
    yield proxy
    await proxy.down()


@pytest.fixture
async def app(table: FaultyDynamoDb, dynamodb_endpoint: str) -> AsyncIterator[Application]:
    with new_table(dynamodb_endpoint) as url:
        name = url.split("?")[0]
        store = f"{name}?region={REGION}&endpoint={table.url}&poll_ms={POLL_MS}"
        async with running(new_app(store=store)) as app:
            await app.services.catalog.put_site(Site(id="shop", name="Shop", public=True))
            yield app


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://t", headers=BROWSER, timeout=60
    ) as made:
        yield made


def page_view(number: int) -> dict[str, Any]:
    return {"s": "shop", "e": "pageview", "u": "https://shop.example/", "id": f"e{number}"}


async def page_views(client: httpx.AsyncClient, wanted: int) -> int:
    """The document's page views, once there are ``wanted`` of them or the time is up."""
    count = -1
    for _ in range(SETTLE_S * 10):
        answer = await client.get("/api/analytics/sites/shop/realtime?minutes=30")
        count = answer.json()["pageViews"]
        if count >= wanted:
            break
        await asyncio.sleep(0.1)
    return count


async def test_no_acknowledged_event_is_lost_or_counted_twice(
    app: Application, client: httpx.AsyncClient, table: FaultyDynamoDb, faults: RandomFaults
) -> None:
    faults.share = 0.4
    numbers = iter(range(EVENTS))
    refusals = 0

    async def send() -> None:
        nonlocal refusals
        for number in numbers:
            while True:
                answer = await client.post("/collect", json=page_view(number))
                if answer.status_code == 204:
                    break
                assert answer.status_code == 503
                assert answer.headers["retry-after"]
                refusals += 1

    await asyncio.gather(*(send() for _ in range(SENDERS)))
    assert await page_views(client, EVENTS) == EVENTS
    faults.share = 0.0
    assert set(table.injected) == set(Fault)
    found = await stored(app.services.event_log, "shop")
    assert sorted(event.id for event in found) == sorted(f"any/e{n}" for n in range(EVENTS))
    filtered = await client.get("/api/analytics/sites/shop/realtime?minutes=30&browser=Firefox")
    assert filtered.json()["pageViews"] == EVENTS
    assert all(event.time == START for event in found)


async def test_an_unreachable_table_is_reported_and_the_server_recovers(
    client: httpx.AsyncClient, table: FaultyDynamoDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.post("/collect", json=page_view(1))).status_code == 204
    await table.down()
    with monkeypatch.context() as patience:
        patience.setattr(connection, "GIVE_UP_AFTER_S", 0.5)
        async with asyncio.timeout(20):
            answers = await asyncio.gather(
                *(client.post("/collect", json=page_view(n)) for n in range(2, 10))
            )
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    await table.up()
    for number in range(2, 10):
        assert (await client.post("/collect", json=page_view(number))).status_code == 204
    assert await page_views(client, 9) == 9


async def test_a_frozen_table_is_answered_with_503_within_five_seconds(
    client: httpx.AsyncClient, table: FaultyDynamoDb
) -> None:
    """However many wait: more than are written at once, and long after the freeze began.

    No wait begins behind another, which would take ten seconds; what is allowed between is for a
    busy machine.
    """
    loop = asyncio.get_running_loop()

    async def send(number: int) -> float:
        await asyncio.sleep(number / 50)
        began = loop.time()
        assert (await client.post("/collect", json=page_view(number))).status_code == 503
        return loop.time() - began

    assert (await client.post("/collect", json=page_view(1_000))).status_code == 204
    table.freeze()
    took = await asyncio.gather(*(send(number) for number in range(200)))
    assert max(took) < 7.5
    assert (await client.get("/readyz")).status_code == 503
    table.thaw()
    again = (client.post("/collect", json=page_view(number)) for number in range(200))
    assert {answer.status_code for answer in await asyncio.gather(*again)} == {204}
    assert await page_views(client, 201) == 201

    async def is_ready() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await until(is_ready)

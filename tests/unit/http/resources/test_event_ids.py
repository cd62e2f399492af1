"""Ids of events: nobody can use up the owner's, and no reader sees any."""

from typing import Any

import httpx
import pytest

from footfall.app import Application
from tests.ingesting import CHROME, encoded, wire
from tests.serving import ADMIN, PRIVATE, PUBLIC, add_token, bearer

REALTIME = f"/api/analytics/sites/{PUBLIC}/realtime"


@pytest.fixture
async def owner(app: Application) -> dict[str, str]:
    return bearer(await add_token(app, "write", PUBLIC))


async def send(client: httpx.AsyncClient, headers: dict[str, str], **fields: Any) -> int:
    event = wire(s=PUBLIC, e="event", p={"name": "sale"}, **fields)
    headers = {"user-agent": CHROME, **headers}
    return (await client.post("/collect", content=encoded(event), headers=headers)).status_code


async def sales(client: httpx.AsyncClient) -> int:
    document = (await client.get(REALTIME, headers=bearer(ADMIN))).json()
    return sum(row["count"] for row in document["events"])


async def test_a_stranger_can_not_use_up_the_owners_ids(
    client: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    for number in range(10):
        for guess in (f"log-{number}", f"owner/log-{number}"):
            assert await send(client, {}, id=guess) == 204
    before = await sales(client)
    for number in range(10):
        assert await send(client, owner, id=f"log-{number}") == 204
        assert await send(client, owner, id=f"log-{number}") == 204
    assert await sales(client) == before + 10


async def test_a_write_token_of_another_site_is_a_stranger(
    app: Application, client: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    other = bearer(await add_token(app, "write", PRIVATE))
    assert await send(client, other, id="log-1") == 204
    assert await send(client, owner, id="log-1") == 204
    assert await sales(client) == 2


async def test_readers_see_no_ids_of_senders(
    client: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    await send(client, owner, id="order-1842")
    await send(client, {}, id="cart-77")
    text = (await client.get(REALTIME)).text
    assert "1842" not in text
    assert "cart" not in text

"""Live connections: strangers by address, and never so many that token holders find no place."""

from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect

from footfall.app import Application
from footfall.model import Site
from tests.raw import Raw, until
from tests.serving import (
    PUBLIC,
    Clock,
    add_sites,
    add_token,
    bearer,
    closed_with,
    listening,
    new_app,
)

SITE = f"/api/analytics/sites/{PUBLIC}"
VIENNA, OSLO = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def app() -> Application:
    return new_app(
        Clock(),
        max_subscribers=20,
        max_subscribers_per_address=3,
        stall_seconds=3,
        update_interval_ms=10,
    )


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


async def stream(server: str, client: str = "", headers: dict[str, str] | None = None) -> Raw:
    """Through a trusted proxy, which is this machine."""
    fields = {"Host": "x", **({"X-Forwarded-For": client} if client else {}), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return await Raw.open(server, f"GET {SITE}/stream?limit=100 HTTP/1.1\r\n{lines}\r\n")


async def status(raw: Raw) -> int:
    return int((await raw.line()).split(" ")[1])


async def refusal(server: str, client: str, headers: dict[str, str] | None = None) -> str:
    """The answer to a stream that is refused; its connection stays usable."""
    raw = await stream(server, client, {"Connection": "close", **(headers or {})})
    return await raw.rest()


async def test_one_address_can_have_only_so_many(server: str, app: Application) -> None:
    many = [await stream(server, VIENNA) for _ in range(3)]
    assert [await status(raw) for raw in many] == [200] * 3
    answer = await refusal(server, VIENNA)
    assert " 429 " in answer
    assert "retry-after: 1" in answer
    url = "ws" + server.removeprefix("http") + SITE + "/ws"
    async with connect(url, additional_headers={"X-Forwarded-For": VIENNA}) as socket:
        assert await closed_with(socket) == 1013
    assert app.services.live_slots.refused == {"address": 2}
    many.append(await stream(server, OSLO))
    assert await status(many[-1]) == 200
    secret = await add_token(app, "read", PUBLIC)
    many.append(await stream(server, VIENNA, bearer(secret)))
    assert await status(many[-1]) == 200
    many[0].close()
    await until(lambda: app.hub.subscribers == 4)
    many[0] = await stream(server, VIENNA)
    assert await status(many[0]) == 200
    for raw in many:
        raw.close()


async def test_an_ipv6_network_is_one_address(server: str) -> None:
    many = [await stream(server, f"2001:db8:1:2::{n}") for n in range(3)]
    assert [await status(raw) for raw in many] == [200] * 3
    assert " 429 " in await refusal(server, "2001:db8:1:2:ffff::1")
    many.append(await stream(server, "2001:db8:1:3::1"))
    assert await status(many[-1]) == 200
    for raw in many:
        raw.close()


async def test_a_tenth_of_the_places_is_for_token_holders(server: str, app: Application) -> None:
    many = [await stream(server, f"198.51.100.{n}") for n in range(18)]
    assert [await status(raw) for raw in many] == [200] * 18
    answer = await refusal(server, OSLO)
    assert " 503 " in answer
    assert "use a token" in answer
    secret = await add_token(app, "read", PUBLIC)
    many += [await stream(server, OSLO, bearer(secret)) for _ in range(2)]
    assert [await status(raw) for raw in many[18:]] == [200] * 2
    assert " 503 " in await refusal(server, OSLO, bearer(secret))
    assert app.services.live_slots.refused == {"strangers": 1, "all": 1}
    for raw in many:
        raw.close()


async def test_readers_of_a_proxy_that_tells_no_addresses_are_not_one_address(server: str) -> None:
    many = [await stream(server) for _ in range(10)]
    assert [await status(raw) for raw in many] == [200] * 10
    for raw in many:
        raw.close()


async def test_a_place_is_free_only_when_the_socket_is_closed(
    server: str, app: Application
) -> None:
    """A reader whose subscription has ended, but who does not take what is left."""
    many = [await stream(server, VIENNA) for _ in range(3)]
    assert [await status(raw) for raw in many] == [200] * 3
    await fill(server, app)
    await app.services.catalog.delete_site(PUBLIC)
    await until(lambda: app.hub.subscribers == 0)
    await app.services.catalog.put_site(Site(id=PUBLIC, name="Again", public=True))
    assert app.connections.open >= 3
    assert " 429 " in await refusal(server, VIENNA)
    await until(lambda: app.connections.open == 0)
    again = await stream(server, VIENNA)
    assert await status(again) == 200
    for raw in (*many, again):
        raw.close()


async def test_a_refused_subscription_gives_its_place_back(server: str, app: Application) -> None:
    async with httpx.AsyncClient(base_url=server, headers={"X-Forwarded-For": VIENNA}) as client:
        app.hub.close()  # as when the server stops: 503 for all
        for _ in range(10):
            answer = await client.get(SITE + "/stream")
            assert answer.status_code == 503, answer.text


async def fill(server: str, app: Application) -> None:
    """Post until no reader's buffer takes more: 1 MB of updates."""
    events = [
        {"s": PUBLIC, "e": "pageview", "u": f"https://x.example/{n}", "t": "long " * 220}
        for n in range(50)
    ]
    browser = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
    async with httpx.AsyncClient(base_url=server, headers=browser) as client:
        for _ in range(20):
            folded = app.hub.windows.offset
            assert (await client.post("/collect", json=events)).status_code == 204
            await until(lambda folded=folded: app.hub.windows.offset > folded)

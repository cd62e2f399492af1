"""What strangers may ask is limited by their address; who holds a token is never refused for it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, PRIVATE, PUBLIC, add_sites, bearer, new_app, running

PATH = f"/api/analytics/sites/{PUBLIC}/realtime"


@pytest.fixture
async def app() -> AsyncIterator[Application]:
    """Strangers have a burst of three requests."""
    async with running(new_app(admin_token=ADMIN, read_rate_limit=0.001)) as app:
        await add_sites(app)
        yield app


def client_from(app: Application, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://footfall.test")


async def statuses(client: httpx.AsyncClient, path: str, times: int) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def test_a_stranger_who_asks_too_often_gets_429_and_others_do_not(app: Application) -> None:
    async with client_from(app, "198.51.100.7") as client:
        assert await statuses(client, PATH, 3) == [200, 429, 429]
        refused = await client.get(PATH)
        client.headers.update(bearer(ADMIN))
        assert await statuses(client, PATH, 5) == [200] * 5
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["access-control-allow-origin"] == "*"
    async with client_from(app, "198.51.100.8") as client:
        assert await statuses(client, PATH, 1) == [200]


async def test_one_home_has_one_limit(app: Application) -> None:
    async with client_from(app, "2001:db8:1:2::3") as client:
        assert await statuses(client, PATH, 1) == [200]
    async with client_from(app, "2001:db8:1:2::4") as client:
        assert await statuses(client, PATH, 1) == [429]
    async with client_from(app, "2001:db8:1:3::4") as client:
        assert await statuses(client, PATH, 1) == [200]


async def test_guessing_tokens_is_limited_like_reading(app: Application) -> None:
    async with client_from(app, "198.51.100.7") as client:
        client.headers.update(bearer("a guess"))
        private = f"/api/analytics/sites/{PRIVATE}/realtime"
        assert await statuses(client, private, 3) == [401, 429, 429]


async def test_probes_have_a_limit_of_their_own(app: Application) -> None:
    async with client_from(app, "198.51.100.7") as client:
        assert await statuses(client, "/healthz", 5) == [200] * 5


async def test_a_proxy_that_does_not_tell_for_whom_it_asks_is_not_limited(app: Application) -> None:
    """A bare ``proxy_pass`` must not let one reader use up what all others need."""
    async with client_from(app, "127.0.0.1") as client:
        assert await statuses(client, PATH, 5) == [200] * 5
        client.headers["x-forwarded-for"] = "198.51.100.9"
        assert await statuses(client, PATH, 2) == [200, 429]

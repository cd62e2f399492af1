from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest

from footfall.app import Application
from footfall.client import ClientConfig
from tests.serving import ADMIN, PUBLIC, Clock, add_sites, listening, new_app

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VISITS = count()


@pytest.fixture
def app() -> Application:
    return new_app(Clock(), admin_token=ADMIN, update_interval_ms=10)


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


@pytest.fixture
def config(server: str) -> ClientConfig:
    return ClientConfig(base_url=server, site_id=PUBLIC)


async def visit(server: str, path: str = "/", user_agent: str = BROWSER) -> None:
    """Send one page view. All have the same time, so their ids decide the order."""
    page = {
        "s": PUBLIC,
        "e": "pageview",
        "u": f"https://shop.example{path}",
        "id": f"{next(VISITS):06}",
    }
    async with httpx.AsyncClient(base_url=server) as client:
        answer = await client.post("/collect", json=page, headers={"user-agent": user_agent})
        assert answer.status_code == 204
        assert "footfall-dropped" not in answer.headers

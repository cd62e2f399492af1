from collections.abc import AsyncIterator

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, PRIVATE, Clock, add_sites, add_token, bearer, new_app, running

STRANGER = ("198.51.100.7", 40000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def app(clock: Clock) -> AsyncIterator[Application]:
    """The app on an empty store with three sites, one of them public."""
    async with running(new_app(clock, admin_token=ADMIN)) as app:
        await add_sites(app)
        yield app


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    """An anonymous client on another machine."""
    transport = httpx.ASGITransport(app, client=STRANGER)
    async with httpx.AsyncClient(transport=transport, base_url="http://footfall.test") as client:
        yield client


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same client with the admin token."""
    client.headers.update(bearer(ADMIN))
    return client


@pytest.fixture
async def secrets(app: Application) -> dict[str, str]:
    """Tokens by scope and sites; ``one`` is ``PRIVATE``."""
    return {
        "admin": ADMIN,
        "admin of one": await add_token(app, "admin", PRIVATE),
        "read all": await add_token(app, "read", None),
        "read one": await add_token(app, "read", PRIVATE),
        "write one": await add_token(app, "write", PRIVATE),
    }

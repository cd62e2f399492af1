"""The page of a public site with several filters opens a view without each of them, all at once:
it must not refuse itself."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest

from footfall.app import Application
from footfall.model import Event, Offset
from tests.serving import PUBLIC
from tests.sockets import GOOD, close_code

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
HERE = "203.0.113.9"
FILTERS = {
    "path": "/docs*",
    "country": "DE",
    "source": "Google",
    "device": "mobile",
    "browser": "Safari",
}
VIEWS = [FILTERS, *({**FILTERS, name: ""} for name in FILTERS)]
"""Of the page: with all filters, and without one each."""
SITE = f"/api/analytics/sites/{PUBLIC}"


def query(view: dict[str, str]) -> str:
    return urlencode({name: value for name, value in view.items() if value})


@pytest.fixture
async def gate(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> asyncio.Event:
    """No view of the site, which has an event, is built until it is set."""
    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
    assert (await client.post("/collect", json=page, headers=BROWSER)).status_code == 204
    assert (await client.get(f"{SITE}/realtime")).json()["pageViews"] == 1
    opened, replay = asyncio.Event(), app.services.event_log.replay

    async def slow(site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        await opened.wait()
        async for events in replay(site, since, until):
            yield events

    monkeypatch.setattr(app.services.event_log, "replay", slow)
    return opened


async def all_wait() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_stranger_gets_all_live_views_of_a_page_with_five_filters(
    app: Application, gate: asyncio.Event
) -> None:
    sockets = [
        asyncio.create_task(close_code(app, f"{SITE}/ws", HERE, {}, query(view))) for view in VIEWS
    ]
    await all_wait()
    gate.set()
    assert await asyncio.gather(*sockets) == [GOOD] * len(VIEWS)


async def test_a_stranger_gets_all_documents_of_a_page_with_five_filters(
    client: httpx.AsyncClient, gate: asyncio.Event
) -> None:
    asked = [asyncio.create_task(client.get(f"{SITE}/realtime?{query(view)}")) for view in VIEWS]
    await all_wait()
    gate.set()
    assert [each.status_code for each in await asyncio.gather(*asked)] == [200] * len(VIEWS)

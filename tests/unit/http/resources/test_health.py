from collections.abc import AsyncIterator

import httpx
import pytest

from footfall.app import Application
from footfall.errors import StoreUnavailable
from tests.serving import ADMIN, PUBLIC, add_sites, bearer, new_app, running

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}


async def test_a_running_server_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_without_its_store_it_is_alive_but_not_ready(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise StoreUnavailable("the disk is gone: bring it back")

    monkeypatch.setattr(app.services.catalog, "refresh", away)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"error": "the disk is gone: bring it back"}
    assert answer.headers["retry-after"]
    assert (await client.get("/healthz")).status_code == 200


async def test_readyz_names_what_does_not_run(app: Application, client: httpx.AsyncClient) -> None:
    app.services.catalog.task.is_down = True
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "catalog" in answer.json()["error"]
    app.services.catalog.task.is_down = False
    assert (await client.get("/readyz")).status_code == 200


def from_loopback(app: Application) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")


@pytest.fixture
async def open_app() -> AsyncIterator[Application]:
    """It answers ``/metrics`` to programs on its machine."""
    async with running(new_app(metrics_from_loopback=True)) as app:
        await add_sites(app)
        yield app


async def test_metrics_need_a_token_even_from_loopback(app: Application) -> None:
    """A bare ``proxy_pass`` on this machine looks like a program on it."""
    async with from_loopback(app) as proxied:
        assert (await proxied.get("/metrics")).status_code == 401
        assert (await proxied.get("/metrics", headers=bearer(ADMIN))).status_code == 200


async def test_metrics_count_accepted_dropped_and_refused_events(app: Application) -> None:
    async with from_loopback(app) as local:
        page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
        await local.post("/collect", json=page, headers=BROWSER)
        await local.post("/collect", json=page, headers={"user-agent": "Googlebot/2.1"})
        await local.post("/collect", content=b"{")
        text = (await local.get("/metrics", headers=bearer(ADMIN))).text
    assert "footfall_events_accepted_total 1.0" in text
    assert 'footfall_events_dropped_total{reason="bot"} 1.0' in text
    assert 'footfall_events_dropped_total{reason="stale"} 0.0' in text
    assert 'footfall_collect_refused_total{status="400"} 1.0' in text


async def test_metrics_are_refused_to_pages_in_a_local_browser(open_app: Application) -> None:
    async with from_loopback(open_app) as browser:
        answer = await browser.get("/metrics", headers={"origin": "https://evil.example"})
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        rebound = await browser.get("/metrics", headers={"host": "evil.example:8000"})
        assert rebound.status_code == 401


async def test_metrics_are_refused_to_callers_behind_a_local_proxy(open_app: Application) -> None:
    async with from_loopback(open_app) as proxied:
        for header in ("x-forwarded-for", "forwarded", "x-real-ip"):
            answer = await proxied.get("/metrics", headers={header: "198.51.100.7"})
            assert answer.status_code == 401

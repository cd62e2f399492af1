import httpx
import pytest

from footfall.app import Application
from footfall.errors import StoreUnavailable
from tests.serving import PUBLIC

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


async def test_readyz_tells_that_the_last_commit_failed_but_not_where_the_store_is(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(events: object) -> None:
        raise StoreUnavailable("the store /srv/a.db: the disk is full", public="the disk is full")

    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
    with monkeypatch.context() as broken:
        broken.setattr(app.services.event_log, "append", full)
        refused = await client.post("/collect", json=page, headers=BROWSER)
        assert (refused.status_code, refused.json()) == (503, {"error": "the disk is full"})
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["error"].endswith(": the disk is full")
    assert (await client.post("/collect", json=page, headers=BROWSER)).status_code == 204
    assert (await client.get("/readyz")).status_code == 200


async def test_metrics_count_accepted_dropped_and_refused_events(app: Application) -> None:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as local:
        page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
        await local.post("/collect", json=page, headers=BROWSER)
        await local.post("/collect", json=page, headers={"user-agent": "Googlebot/2.1"})
        await local.post("/collect", content=b"{")
        text = (await local.get("/metrics")).text
    assert "footfall_events_accepted_total 1.0" in text
    assert 'footfall_events_dropped_total{reason="bot"} 1.0' in text
    assert 'footfall_events_dropped_total{reason="stale"} 0.0' in text
    assert 'footfall_collect_refused_total{status="400"} 1.0' in text


async def test_metrics_are_refused_to_pages_in_a_local_browser(app: Application) -> None:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport) as browser:
        origin = {"origin": "https://evil.example"}
        answer = await browser.get("http://localhost:8000/metrics", headers=origin)
        assert "access-control-allow-origin" not in answer.headers
        rebound = await browser.get("http://evil.example:8000/metrics")
        assert rebound.status_code == 401


async def test_metrics_are_refused_to_callers_behind_a_local_proxy(app: Application) -> None:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as proxied:
        for header in ("x-forwarded-for", "forwarded", "x-real-ip"):
            answer = await proxied.get("/metrics", headers={header: "198.51.100.7"})
            assert answer.status_code == 401

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from footfall.app import Application, create_app
from footfall.engines.open import open_store
from footfall.errors import StoreUnavailable
from footfall.http.resources.health import ARCHIVE_PROBLEM, NOT_READY
from footfall.settings import Settings
from tests.serving import ADMIN, PUBLIC, Clock, add_sites, bearer, new_app, running

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}


async def test_a_running_server_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_without_its_store_it_is_alive_but_not_ready(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(app, monkeypatch)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (await client.get("/healthz")).status_code == 200


def away(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is gone."""

    async def version() -> int:
        raise StoreUnavailable("the disk is gone: bring it back")

    monkeypatch.setattr(app.life.parts.store.catalog, "version", version)


@pytest.mark.parametrize("who", ["read all", "admin of one", "write one"])
async def test_only_who_operates_the_server_is_told_why_it_is_not_ready(
    who: str,
    app: Application,
    client: httpx.AsyncClient,
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away(app, monkeypatch)
    told = await client.get("/readyz", headers=bearer(ADMIN))
    assert (told.status_code, told.json()) == (503, {"error": "the disk is gone: bring it back"})
    for headers in ({}, bearer(secrets[who]), bearer("ff_unknown")):
        answer = await client.get("/readyz", headers=headers)
        assert (answer.status_code, answer.json()) == (503, {"error": NOT_READY})


async def test_the_problem_of_the_archive_is_named_to_who_operates_the_server(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = "/srv/past: the manifest of shop can't be read: put it back"
    object.__setattr__(app.services, "history_problem", lambda: problem)
    assert (await client.get("/readyz", headers=bearer(ADMIN))).json()["history"] == problem
    told = (await client.get("/readyz")).json()
    assert told == {"status": "ready", "history": ARCHIVE_PROBLEM}
    object.__setattr__(app.services, "history_problem", lambda: None)
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_the_store_is_asked_once_in_a_moment_whoever_asks_how_often() -> None:
    seconds = 0.0
    settings = Settings(history=False, store="memory://")
    app = create_app(settings, open_store("memory://"), Clock(), timer=lambda: seconds)
    async with running(app):
        transport = httpx.ASGITransport(app, client=("198.51.100.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://f.test") as client:
            for _ in range(3):
                probes = [client.get("/readyz") for _ in range(20)]
                assert {each.status_code for each in await asyncio.gather(*probes)} == {200}
            assert app.services.readiness.store_checks == 1
            seconds += 1
            await client.get("/readyz")
            assert app.services.readiness.store_checks == 2


async def test_readyz_names_what_does_not_run(app: Application, client: httpx.AsyncClient) -> None:
    app.services.catalog.task.is_down = True
    answer = await client.get("/readyz", headers=bearer(ADMIN))
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
        answer = await client.get("/readyz", headers=bearer(ADMIN))
        assert answer.status_code == 503
        assert answer.json()["error"].endswith(": the disk is full")
    assert (await client.post("/collect", json=page, headers=BROWSER)).status_code == 204
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


async def test_programs_on_the_machine_are_told_why_it_is_not_ready_where_that_is_set(
    open_app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(open_app, monkeypatch)
    async with from_loopback(open_app) as local:
        assert "bring it back" in (await local.get("/readyz")).json()["error"]
        proxied = {"x-forwarded-for": "198.51.100.7"}
        answer = await local.get("/readyz", headers=proxied)
        assert answer.json() == {"error": NOT_READY}


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

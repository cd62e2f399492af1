"""While a server replays its log it takes events, and says how far it is to everyone else."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from footfall.app import Application
from footfall.errors import StoreUnavailable
from footfall.live import progress
from footfall.model import Event, Offset, Site
from tests.events import event
from tests.serving import ADMIN, START, bearer, new_app

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
REALTIME = "/api/analytics/sites/a/realtime"


class Replay:
    """Stands between the log and its reader: each chunk waits for ``proceed``."""

    def __init__(self, app: Application) -> None:
        self.proceed = asyncio.Semaphore(0)
        self.error: Exception | None = None
        self._replay = app.services.event_log.replay

    async def __call__(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        async for chunk in self._replay(site, since, until):
            await self.proceed.acquire()
            if self.error is not None:
                raise self.error
            yield chunk


@pytest.fixture
async def app() -> AsyncIterator[Application]:
    """With a site that has 1,200 events, not started."""
    app = new_app(admin_token=ADMIN)
    store = app.life.parts.store
    await store.catalog.put_site(Site(id="a", name="A", public=True))
    await store.event_log.append([event(n, time=START - n) for n in range(1_200)])
    yield app
    await app.life.stop()


@pytest.fixture
def replay(app: Application, monkeypatch: pytest.MonkeyPatch) -> Replay:
    made = Replay(app)
    monkeypatch.setattr(app.services.event_log, "replay", made)
    return made


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://footfall.test") as client:
        yield client


async def readiness(client: httpx.AsyncClient, wanted: str) -> str:
    """What ``/readyz`` says to an admin, once it says ``wanted``."""
    async with asyncio.timeout(10):
        while True:
            text = (await client.get("/readyz", headers=bearer(ADMIN))).text
            if wanted in text:
                return text
            await asyncio.sleep(0)


async def test_meanwhile_events_are_taken_and_readers_told_how_far_it_is(
    app: Application, replay: Replay, client: httpx.AsyncClient
) -> None:
    await app.life.start()
    await readiness(client, "starting: 0 events replayed, site 1 of 1")
    replay.proceed.release()
    await readiness(client, "starting: 500 events replayed, site 1 of 1")
    for path in (REALTIME, "/api/analytics/overview", "/badge/a.svg", f"{REALTIME[:-8]}stream"):
        answer = await client.get(path)
        assert answer.status_code == 503
        assert "starting: 500 events" in answer.json()["error"]
        assert answer.headers["retry-after"]
    page = {"s": "a", "e": "pageview", "u": "https://shop.example/"}
    assert (await client.post("/collect", json=page, headers=BROWSER)).status_code == 204
    assert (await client.get("/healthz")).status_code == 200
    for _ in range(9):
        replay.proceed.release()
    await readiness(client, "ready")
    async with asyncio.timeout(10):
        while True:
            document = (await client.get(f"{REALTIME}?minutes=30")).json()
            if document["pageViews"] == 1_201:
                break
            await asyncio.sleep(0)


async def test_the_log_says_how_far_it_is(
    app: Application, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LOG_EVERY_S", 0.0)
    for _ in range(10):
        replay.proceed.release()
    with capture_logs() as logs:
        await app.life.start()
        async with asyncio.timeout(10):
            await app.life.is_ready.wait()
    assert [(line["event"], line["events"]) for line in logs] == [
        ("replay.running", 500),
        ("replay.running", 1_000),
        ("replay.running", 1_200),
        ("replay.finished", 1_200),
    ]
    assert {(line["site"], line["sites"]) for line in logs} == {(1, 1)}


async def test_a_replay_that_fails_ends_the_server_with_its_reason(
    app: Application, replay: Replay
) -> None:
    ended = asyncio.Event()
    app.life.failure.on_final = ended.set
    replay.error = StoreUnavailable("the file is damaged")
    replay.proceed.release()
    await app.life.start()
    async with asyncio.timeout(10):
        await ended.wait()
    assert app.life.failure.error is replay.error
    assert not app.life.is_ready.is_set()

"""Whoever asks for a new view and hangs up leaves no work behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from footfall.app import create_app
from footfall.engines.memory import MemoryCatalog, MemoryMinutes
from footfall.engines.open import Store
from footfall.settings import Settings
from tests.events import event
from tests.serving import ADMIN, PUBLIC, START, Clock, add_sites, bearer, listening
from tests.slow_log import SlowLog

PATH = f"/api/analytics/sites/{PUBLIC}/realtime"


@pytest.fixture
def log() -> SlowLog:
    return SlowLog()


@pytest.fixture
async def url(log: SlowLog) -> AsyncIterator[str]:
    store = Store(log, MemoryCatalog(), MemoryMinutes(), durable=False)
    app = create_app(Settings(admin_token=ADMIN), store, Clock())
    async with listening(app) as base_url:
        await add_sites(app)
        await log.append([event(START, site=PUBLIC)])
        yield base_url
        log.gate.set()


async def test_a_reader_who_hangs_up_does_not_keep_others_waiting(url: str, log: SlowLog) -> None:
    log.gate.clear()
    async with httpx.AsyncClient(base_url=url) as client:
        for number in range(20):
            log.began.clear()
            asking = asyncio.create_task(client.get(PATH, params={"path": f"/{number}"}))
            async with asyncio.timeout(10):
                await log.began.wait()
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        log.gate.set()
        reply = await client.get(PATH, params={"path": "/"}, headers=bearer(ADMIN))
    assert reply.status_code == 200
    assert log.replays == 21

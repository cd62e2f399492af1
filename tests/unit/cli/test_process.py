"""The server as a process: how it ends."""

import asyncio
import os

import httpx
import pytest

from footfall.cli.process import run, run_server
from footfall.engines.open import open_store
from footfall.http.serving.server import address, listen
from footfall.live.node import Node
from footfall.model import Batch, Site
from footfall.settings import Settings

PATIENCE = 30
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_a_server_that_can_not_go_on_ends_so_that_another_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_self: Node, _batch: Batch) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Node, "_fold", broken)
    store = open_store("memory://")
    await store.catalog.put_site(Site(id="shop", name="Shop"))
    listener, started = listen("127.0.0.1", 0), asyncio.Event()
    running = asyncio.create_task(run_server(Settings(), store, started.set, listener))
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=address(listener)) as client:
        await started.wait()
        page = {"s": "shop", "e": "pageview", "u": "https://shop.example/"}
        answer = await client.post("/collect", json=page, headers={"user-agent": FIREFOX})
        assert answer.status_code == 204
        assert not await running


def test_its_exit_code_says_so() -> None:
    async def failed() -> bool:
        return False

    with pytest.raises(SystemExit) as ended:
        run(failed())
    assert ended.value.code == os.EX_SOFTWARE

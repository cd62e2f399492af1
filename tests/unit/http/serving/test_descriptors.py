"""A server with few file descriptors serves whom it has, says what is wrong, and recovers."""

import asyncio
import contextlib
import os
import re
import resource
import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.raw import Raw, until
from tests.serving import PATIENCE

ADMIN = "a" * 32
EVENT = {"s": "shop", "e": "pageview", "u": "https://x.example/"}
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
DESCRIPTORS = 300


class Limited:
    """``footfall serve`` in a process of its own, with ``DESCRIPTORS``."""

    def __init__(self, url: str, pid: int, log: Path) -> None:
        self.url = url
        self.pid = pid
        self._log = log

    def lines(self, text: str) -> int:
        """How many lines of the log have this text."""
        return self._log.read_text().count(text)

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Limited]:
    log = tmp_path / "log"
    command = shlex.join([sys.executable, "-m", "footfall", "serve", "--port", "0"])
    settings = {
        "FOOTFALL_STORE": f"sqlite:///{tmp_path}/footfall.db",
        "FOOTFALL_ADMIN_TOKEN": ADMIN,
        "FOOTFALL_HISTORY": "false",  # its process takes descriptors for a moment
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            f"ulimit -n {DESCRIPTORS}; exec {command}",
            env={**os.environ, **settings},
            stdout=output,
            stderr=output,
        )
    await until(lambda: "http://" in log.read_text())
    found = re.search(r"http://\S+", log.read_text())
    assert found is not None
    try:
        yield Limited(found.group(), process.pid, log)
    finally:
        process.terminate()
        async with asyncio.timeout(PATIENCE):
            await process.wait()


@contextlib.asynccontextmanager
async def honest(server: Limited) -> AsyncIterator[httpx.AsyncClient]:
    """One connection, which stays open. The site is there."""
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(base_url=server.url, headers=BROWSER, limits=limits) as client:
        answer = await client.post(
            "/api/analytics/sites",
            headers={"authorization": f"Bearer {ADMIN}"},
            json={"id": "shop", "name": "Shop", "public": True},
        )
        assert answer.status_code == 201, answer.text
        yield client


async def refused(client: httpx.AsyncClient, reason: str) -> float:
    text = (await client.get("/metrics", headers={"authorization": f"Bearer {ADMIN}"})).text
    name = "footfall_connections_refused_total"
    found = re.search(rf'^{name}\{{reason="{reason}"\}} (\S+)', text, re.M)
    return float(found.group(1)) if found else 0


async def test_more_connections_than_descriptors(server: Limited) -> None:
    assert server.lines("few file descriptors") == 1
    async with honest(server) as client:
        many = [await Raw.open(server.url) for _ in range(400)]
        async with asyncio.timeout(PATIENCE):
            while await refused(client, "all") < 200:
                assert (await client.post("/collect", json=EVENT)).status_code == 204
        for raw in many:
            raw.close()

        async def is_open() -> bool:
            raw = await Raw.open(server.url, "GET /healthz HTTP/1.0\r\n\r\n")
            return "200" in await raw.rest()

        await until(is_open)
        assert server.lines("as many connections are open") == 1
        await until(lambda: server.lines("connections accepted again") == 1)


async def test_no_descriptor_left(server: Limited) -> None:
    """As when something else in the process takes them: the limit falls below what is open."""
    async with honest(server) as client:
        used = server.descriptors()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (used, DESCRIPTORS))

        async def is_counted() -> bool:
            return await refused(client, "descriptors") > 0

        await until(is_counted)
        stranger = await Raw.open(server.url, "GET /healthz HTTP/1.0\r\n\r\n")
        assert await stranger.rest() == ""
        assert (await client.post("/collect", json=EVENT)).status_code == 204
        assert server.lines("no file descriptor is left") == 1
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        await until(lambda: server.lines("file descriptors are free again") == 1)
        stranger = await Raw.open(server.url, "GET /healthz HTTP/1.0\r\n\r\n")
        assert "200" in await stranger.rest()

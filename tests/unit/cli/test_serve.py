"""``footfall serve`` in its own process."""

import asyncio
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.serving import bearer, closed_with, until

PATIENCE = 30
MINE = "a-token-of-my-own"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SITE = "/api/analytics/sites/shop"

Serve = Callable[..., Coroutine[None, None, "Served"]]


class Served:
    """A running server: its address, and the admin token if it printed one."""

    def __init__(self, process: Process, lines: list[str]) -> None:
        self.process = process
        self.address = lines[0].split()[-1]
        found = re.search(r"ff_\S+", lines[1]) if len(lines) > 1 else None
        self.admin_token = found[0] if found else None

    async def stop(self) -> tuple[int, float, str]:
        """Send SIGTERM. Returns the exit code, the seconds it took, and stderr."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            _, errors = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, time.monotonic() - began, errors.decode()


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    started: list[Process] = []

    async def start(*flags: str, lines: int = 1, **environment: str) -> Served:
        process = await run("serve", "--port", "0", *flags, folder=tmp_path, **environment)
        started.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            printed = [(await process.stdout.readline()).decode() for _ in range(lines)]
        return Served(process, printed)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(*arguments: str, folder: Path, **environment: str) -> Process:
    """``python -m footfall`` with its store in ``folder``."""
    own = {"FOOTFALL_STORE": f"sqlite:///{folder / 'test.db'}", **environment}
    command = [sys.executable, "-m", "footfall", *arguments]
    return await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **own},
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )


async def footfall(*arguments: str, folder: Path) -> str:
    """The stdout of a command, which must succeed."""
    process = await run(*arguments, folder=folder)
    async with asyncio.timeout(PATIENCE):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode().strip()


async def test_the_first_start_creates_an_admin_token_and_prints_it_once(serve: Serve) -> None:
    first = await serve(lines=2)
    assert first.admin_token is not None
    headers = bearer(first.admin_token)
    async with httpx.AsyncClient(base_url=first.address, headers=headers) as client:
        assert (await client.post("/api/analytics/sites", json={"id": "shop"})).status_code == 201
    await first.stop()
    second = await serve()
    async with httpx.AsyncClient(base_url=second.address, headers=headers) as client:
        assert (await client.get(SITE)).status_code == 200
    second.process.send_signal(signal.SIGTERM)
    output, _ = await second.process.communicate()
    assert b"ff_" not in output


async def test_with_a_configured_admin_token_none_is_created(serve: Serve) -> None:
    served = await serve(FOOTFALL_ADMIN_TOKEN=MINE)
    async with httpx.AsyncClient(base_url=served.address, headers=bearer(MINE)) as client:
        assert (await client.get("/api/analytics/sites")).json() == []
    served.process.send_signal(signal.SIGTERM)
    output, _ = await served.process.communicate()
    assert output == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_signal_to_all_of_its_processes_ends_it_in_peace(
    tmp_path: Path, command: str, number: int
) -> None:
    """As a terminal sends ctrl-C, and a service manager its SIGTERM."""
    process = await run(command, "--port", "0", folder=tmp_path)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            await process.stdout.readline()
            await until(partial(has_children, process.pid))
            os.killpg(process.pid, number)
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    assert "Traceback" not in errors.decode()
    assert "failed" not in errors.decode()


async def has_children(pid: int) -> bool:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text() != ""  # noqa: ASYNC240


async def test_on_sigterm_it_ends_streams_and_sockets_and_exits_within_three_seconds(
    serve: Serve, tmp_path: Path
) -> None:
    await footfall("site", "add", "shop", "--public", folder=tmp_path)
    served = await serve(FOOTFALL_ADMIN_TOKEN=MINE)
    address = "ws" + served.address.removeprefix("http")
    async with (
        httpx.AsyncClient(base_url=served.address) as client,
        client.stream("GET", f"{SITE}/stream") as stream,
        connect(f"{address}{SITE}/ws") as reader,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines)
        await reader.recv()
        code, took, _ = await served.stop()
        assert (code, took < 3) == (0, True)
        async for _ in lines:
            pass
        assert await closed_with(reader) == 1012


async def test_revoking_a_token_at_the_command_line_ends_its_sockets_within_two_seconds(
    serve: Serve, tmp_path: Path
) -> None:
    await footfall("site", "add", "shop", folder=tmp_path)
    secret = await footfall("token", "create", "--scope", "read", "--site", "shop", folder=tmp_path)
    served = await serve(FOOTFALL_ADMIN_TOKEN=MINE)
    listed = await footfall("token", "list", folder=tmp_path)
    token_id = listed.splitlines()[-2].split("│")[1].strip()
    path = f"ws{served.address.removeprefix('http')}{SITE}/ws?token={secret}"
    async with connect(path) as reader:
        await reader.recv()
        await footfall("token", "revoke", token_id, folder=tmp_path)
        async with asyncio.timeout(2):
            assert await closed_with(reader) == 4401


async def test_a_port_that_is_taken_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        process = await run("serve", "--port", port, folder=tmp_path)
        output, errors = await process.communicate()
    assert process.returncode == 2
    assert output == b""
    assert f"port {port}" in errors.decode()
    assert "--port" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_store_that_another_server_uses_is_refused(serve: Serve, tmp_path: Path) -> None:
    await serve(lines=2)
    process = await run("serve", "--port", "0", folder=tmp_path)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert "served already" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_logs_contain_no_address_token_or_query(serve: Serve, tmp_path: Path) -> None:
    await footfall("site", "add", "shop", "--public", folder=tmp_path)
    served = await serve("--access-log", FOOTFALL_ADMIN_TOKEN=MINE)
    forwarded = {"x-forwarded-for": "198.51.100.7", "user-agent": "Agent/1"}
    async with httpx.AsyncClient(base_url=served.address, headers=forwarded) as client:
        await client.get(f"{SITE}/realtime?country=DE")
        await client.get(f"{SITE}/realtime?token=ff_secret")
        await client.post("/collect", content=b"{")
    address = "ws" + served.address.removeprefix("http")
    async with connect(f"{address}{SITE}/ws?token=ff_secret") as reader:
        assert await closed_with(reader) == 4401
    _, _, log = await served.stop()
    assert f"{SITE}/realtime" in log
    for secret in ("198.51.100.7", "127.0.0.1", "ff_secret", "country", "Agent", MINE):
        assert secret not in log


async def test_what_a_stranger_sends_can_not_steer_the_terminal(serve: Serve) -> None:
    served = await serve("--access-log", FOOTFALL_ADMIN_TOKEN=MINE)
    async with httpx.AsyncClient(base_url=served.address) as client:
        await client.get("/a%1b[2Jb%0aINFO-forged%E2%80%AEc")
    _, _, errors = await served.stop()
    line = next(line for line in errors.splitlines() if "forged" in line)
    assert line.isprintable()
    assert r"path=/a\x1b[2Jb\nINFO-forged\u202ec" in line


async def test_the_store_is_for_its_user_only(serve: Serve, tmp_path: Path) -> None:
    served = await serve(FOOTFALL_ADMIN_TOKEN=MINE)
    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in os.scandir(tmp_path)}
    await served.stop()
    assert modes == dict.fromkeys(("test.db", "test.db-wal", "test.db-shm", "test.db.lock"), 0o600)

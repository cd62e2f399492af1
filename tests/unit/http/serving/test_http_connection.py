"""Strangers who send too much, too slowly or nothing at all are closed; others don't notice."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog

from footfall.app import Application
from tests.raw import Raw, until
from tests.serving import PUBLIC, Clock, add_sites, listening, new_app

ELSEWHERE = "192.0.2.0/24"
"""As trusted proxies: so that the tests' own connections are strangers'."""
GET = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
POST = "POST /collect HTTP/1.1\r\nHost: x\r\n"
KB = 1024


@pytest.fixture
def app() -> Application:
    return new_app(
        Clock(),
        head_seconds=1,
        body_seconds=1,
        max_connections_per_address=30,
        trusted_proxies=(ELSEWHERE,),
    )


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.mark.parametrize(
    "head",
    [
        "GET /" + "x" * 70 * KB,
        GET + "Cookie: " + "x" * 70 * KB,
        GET + "".join(f"X-{n}: {'x' * 100}\r\n" for n in range(180)) + "Y: " + "y" * 60 * KB,
        GET + "".join(f"X-{n}: 1\r\n" for n in range(500)),
    ],
    ids=["request line", "one field", "all fields", "number of fields"],
)
async def test_a_head_that_is_too_large_is_refused_before_it_is_complete(
    server: str, app: Application, head: str
) -> None:
    raw = await Raw.open(server, head)
    answer = await raw.rest()
    assert status(answer) == 431
    assert "cookies" in json.loads(answer.partition("\r\n\r\n")[2])["error"]
    assert app.connections.refused["head"] == 1


async def test_a_head_of_60_kb_is_served(server: str) -> None:
    cookie = "c=" + "x" * 60 * KB
    async with httpx.AsyncClient(base_url=server) as client:
        for _ in range(3):
            answer = await client.get("/healthz", headers={"cookie": cookie})
            assert answer.status_code == 200


async def test_silent_connections_half_heads_and_half_bodies_are_closed_in_time(
    server: str, app: Application
) -> None:
    slow = {
        "silent": await Raw.open(server),
        "half a head": await Raw.open(server, GET),
        "half a body": await Raw.open(server, POST + "Content-Length: 100\r\n\r\n{"),
        "no chunk": await Raw.open(server, POST + "Transfer-Encoding: chunked\r\n\r\n"),
        "half a second head": await Raw.open(server, GET + "\r\nGET /"),
    }
    answers = {name: await raw.rest() for name, raw in slow.items()}
    assert answers["silent"] == ""
    for name in ("half a head", "half a body", "no chunk"):
        assert status(answers[name]) == 408, name
    assert re.findall(r"HTTP/1.1 (\d+)", answers["half a second head"]) == ["200", "408"]
    assert app.connections.refused == {"slow_head": 2, "slow_body": 2}
    await until(lambda: app.connections.open == 0)


async def test_a_body_in_slow_pieces_is_taken_while_it_is_fast_enough(server: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        event = {"s": PUBLIC, "e": "pageview", "u": "https://x.example/"}
        body = json.dumps([event] * 900).encode()
        yield body[: 48 * KB]
        await until_passed(1.5)
        yield body[48 * KB :]

    async with httpx.AsyncClient(base_url=server) as client:
        answer = await client.post("/collect", content=pieces())
    assert answer.status_code == 204


async def until_passed(seconds: float) -> None:
    """Time is what this tests."""
    loop = asyncio.get_running_loop()
    passed = asyncio.Event()
    loop.call_later(seconds, passed.set)
    await passed.wait()


async def test_endless_trailers_are_refused(server: str, app: Application) -> None:
    raw = await Raw.open(server, POST + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX: ")
    for _ in range(20):
        await raw.send(b"x" * 10 * KB)
    await raw.rest()
    assert app.connections.refused["malformed"] == 1


async def test_what_is_not_http_is_refused_and_logs_nothing(
    server: str, app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        raw = await Raw.open(server, "\x16\x03\x01 hello\r\n\r\n")
        assert status(await raw.rest()) == 400
        upgrade = await Raw.open(server, GET + "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n")
        assert status(await upgrade.line()) == 200
        upgrade.close()
    assert app.connections.refused == {"malformed": 1}
    assert not caplog.records


async def test_thousands_of_requests_at_once_end_the_connection(
    server: str, app: Application
) -> None:
    raw = await Raw.open(server, (GET + "\r\n") * 1000)
    await raw.rest()
    await until(lambda: app.connections.open == 0)
    few = await Raw.open(server, (GET + "\r\n") * 49 + GET + "Connection: close\r\n\r\n")
    assert (await few.rest()).count("200 OK") == 50


async def test_one_address_can_have_only_so_many_connections(server: str, app: Application) -> None:
    many = [await Raw.open(server, GET) for _ in range(30)]
    await until(lambda: app.connections.open == 30)
    refused = await Raw.open(server)
    answer = await refused.rest()
    assert status(answer) == 429
    assert "retry-after: 1" in answer
    assert app.connections.refused["address"] == 1
    for raw in many:
        raw.close()
    await until(lambda: app.connections.open == 0)
    async with httpx.AsyncClient(base_url=server) as client:
        assert (await client.get("/healthz")).status_code == 200


async def test_everybody_may_come_through_a_trusted_proxy() -> None:
    app = new_app(Clock(), max_connections_per_address=1)
    async with listening(app) as server:
        many = [await Raw.open(server, GET + "\r\n") for _ in range(20)]
        for raw in many:
            assert status(await raw.line()) == 200
            raw.close()


async def test_a_caller_that_leaves_within_its_body_is_no_error_in_the_log(
    server: str, app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with structlog.testing.capture_logs() as logs:
        await _leave_within_bodies(server, app)
    assert not logs
    assert not caplog.records


async def _leave_within_bodies(server: str, app: Application) -> None:
    for path in ("/collect", "/api/analytics/session"):
        raw = await Raw.open(
            server, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{"
        )
        await until(lambda: app.connections.open == 1)
        raw.close()
        await until(lambda: app.connections.open == 0)

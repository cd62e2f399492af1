"""WebSocket and SSE through a real server: who is admitted, what arrives, how it ends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from footfall.app import Application
from tests.serving import (
    ADMIN,
    OTHER,
    PATIENCE,
    PRIVATE,
    PUBLIC,
    Clock,
    add_sites,
    add_token,
    bearer,
    closed_with,
    listening,
    new_app,
)

SITES = "/api/analytics/sites"
OVERVIEW = "/api/analytics/overview"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}


@pytest.fixture
def app() -> Application:
    return new_app(Clock(time.time_ns() // 1_000_000), admin_token=ADMIN, update_interval_ms=10)


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


def socket(server: str, path: str, **options: Any) -> connect:
    return connect("ws" + server.removeprefix("http") + path, **options)


async def receive(connection: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        message: dict[str, Any] = json.loads(await connection.recv())
        return message


async def test_a_socket_gets_a_snapshot_and_then_updates(server: str) -> None:
    async with socket(server, f"{SITES}/{PUBLIC}/ws") as reader:
        first = await receive(reader)
        assert (first["type"], first["siteId"], first["currentVisitors"]) == ("snapshot", PUBLIC, 0)
        await visit(server)
        update = await receive(reader)
        assert (update["type"], update["currentVisitors"]) == ("update", 1)
        assert update["position"]["epoch"] == first["position"]["epoch"]


async def test_a_stream_gets_the_same_with_ids(server: str) -> None:
    async with (
        httpx.AsyncClient(base_url=server) as client,
        client.stream("GET", f"{SITES}/{PUBLIC}/stream") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["access-control-allow-origin"] == "*"
        events = server_sent(answer)
        event_id, first = await anext(events)
        position = first["position"]
        assert event_id == f"{position['epoch']}:{position['version']}"
        assert first["type"] == "snapshot"
        await visit(server)
        assert (await anext(events))[1]["currentVisitors"] == 1


@pytest.mark.parametrize("path", [f"{SITES}/{PUBLIC}/ws", f"/sites/{PUBLIC}/ws"])
async def test_with_full_every_message_is_the_document_that_http_serves(
    app: Application, server: str, path: str
) -> None:
    async with (
        httpx.AsyncClient(base_url=server) as client,
        socket(server, f"{path}?full=1") as reader,
        client.stream("GET", f"/sites/{PUBLIC}/stream?full=1") as answer,
    ):
        events = server_sent(answer)
        for visitors in (0, 1):
            if visitors:
                await visit(server)
            message, (_, event) = await receive(reader), await anext(events)
            assert event == message
            assert (message.pop("type"), message["currentVisitors"]) == ("snapshot", visitors)
            message.pop("position")
            document = (await client.get(f"{SITES}/{PUBLIC}/realtime")).json()
            assert message == document
        for channel in app.hub._channels():  # nothing else happens for ten seconds
            channel.tick_if_quiet(0)
        tick = await receive(reader)
        assert (tick["type"], tick["currentVisitors"]) == ("snapshot", 1)


@pytest.mark.parametrize("path", ["/ws", f"{OVERVIEW}/ws"])
async def test_the_overview_has_a_short_name_and_whole_documents_too(
    server: str, path: str
) -> None:
    async with socket(server, f"{path}?full=1", additional_headers=bearer(ADMIN)) as reader:
        assert len((await receive(reader))["sites"]) > 1
        await visit(server)
        message = await receive(reader)
        assert message["type"] == "snapshot"
        assert len(message["sites"]) > 1


async def test_a_returning_reader_gets_what_it_missed(server: str) -> None:
    path = f"{SITES}/{PUBLIC}/ws"
    async with socket(server, path) as reader:
        position = (await receive(reader))["position"]
    await visit(server)
    text = f"{position['epoch']}:{position['version']}"
    async with socket(server, f"{path}?position={text}") as reader:
        message = await receive(reader)
    assert (message["type"], message["currentVisitors"]) == ("update", 1)
    headers = {"last-event-id": text}
    async with (
        httpx.AsyncClient(base_url=server) as client,
        client.stream("GET", f"{SITES}/{PUBLIC}/stream", headers=headers) as answer,
    ):
        assert (await anext(server_sent(answer)))[1]["type"] == "update"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{SITES}/{PUBLIC}/ws?minutes=99", 4400),
        (f"{SITES}/{PUBLIC}/ws?full=2", 4400),
        (f"{SITES}/{PUBLIC}/ws?position=nonsense", 4400),
        (f"{SITES}/{PRIVATE}/ws", 4401),
        (f"{SITES}/{PRIVATE}/ws?token=ff_unknown", 4401),
        (f"{SITES}/nowhere/ws", 4404),
        ("/nowhere", 4404),
        (f"{OVERVIEW}/ws?position=nonsense", 4400),
    ],
)
async def test_a_refused_socket_is_accepted_and_then_closed_with_a_reason(
    server: str, path: str, code: int
) -> None:
    async with socket(server, path) as reader:
        assert await closed_with(reader) == code
        assert reader.close_reason


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{SITES}/{PUBLIC}/stream?minutes=99", 400),
        (f"{SITES}/{PUBLIC}/stream?position=nonsense", 400),
        (f"{SITES}/{PRIVATE}/stream", 401),
        (f"{SITES}/nowhere/stream", 404),
    ],
)
async def test_a_refused_stream_is_an_ordinary_error(server: str, path: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=server) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_above_the_subscriber_limit_readers_are_told_to_retry(server: str) -> None:
    crowded = new_app(admin_token=ADMIN, max_subscribers=1)
    async with listening(crowded) as address:
        await add_sites(crowded)
        path = f"{SITES}/{PUBLIC}/ws"
        async with socket(address, path) as first, socket(address, path) as second:
            assert (await receive(first))["type"] == "snapshot"
            assert await closed_with(second) == 1013
            async with httpx.AsyncClient(base_url=address) as client:
                answer = await client.get(f"{SITES}/{PUBLIC}/stream")
            assert answer.status_code == 503
            assert answer.headers["retry-after"]


@pytest.mark.parametrize(("change", "code"), [("revoke", 4401), ("remove", 4404)])
async def test_a_reader_who_loses_access_is_disconnected_within_two_seconds(
    server: str, app: Application, change: str, code: int
) -> None:
    secret = await add_token(app, "read", PRIVATE)
    catalog = app.services.catalog
    async with (
        socket(server, f"{SITES}/{PRIVATE}/ws?token={secret}") as reader,
        httpx.AsyncClient(base_url=server, headers=bearer(secret)) as client,
        client.stream("GET", f"{SITES}/{PRIVATE}/stream") as stream,
    ):
        await receive(reader)
        events = server_sent(stream)
        await anext(events)
        if change == "revoke":
            await catalog.delete_token(f"read-{PRIVATE}")
        else:
            await catalog.delete_site(PRIVATE)
        async with asyncio.timeout(2):
            assert await closed_with(reader) == code
            assert [event async for event in events] == []


async def test_making_a_site_private_disconnects_anonymous_readers(server: str) -> None:
    async with (
        socket(server, f"{SITES}/{PUBLIC}/ws") as stranger,
        socket(server, f"{SITES}/{PUBLIC}/ws", additional_headers=bearer(ADMIN)) as owner,
        httpx.AsyncClient(base_url=server, headers=bearer(ADMIN)) as client,
    ):
        await receive(stranger)
        await receive(owner)
        await client.patch(f"{SITES}/{PUBLIC}", json={"public": False})
        assert await closed_with(stranger) == 4401
        await visit(server)
        assert (await receive(owner))["type"] == "update"


async def test_a_cookie_opens_a_socket_only_from_its_own_origin(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as client:
        await client.post("/api/analytics/session", json={"token": ADMIN})
        name, value = next(iter(client.cookies.items()))
    headers = {"cookie": f"{name}={value}"}
    path = f"{SITES}/{PRIVATE}/ws"
    async with socket(server, path, additional_headers=headers, origin=server) as reader:
        assert (await receive(reader))["type"] == "snapshot"
    for origin in ("https://evil.example", None):
        async with socket(server, path, additional_headers=headers, origin=origin) as reader:
            assert await closed_with(reader) == 4401
        public = f"{SITES}/{PUBLIC}/ws"
        async with socket(server, public, additional_headers=headers, origin=origin) as reader:
            assert (await receive(reader))["type"] == "snapshot"


async def test_signing_out_ends_the_live_connections_of_the_session(server: str) -> None:
    async with httpx.AsyncClient(base_url=server, headers={"origin": server}) as client:
        await client.post("/api/analytics/session", json={"token": ADMIN})
        name, value = next(iter(client.cookies.items()))
        headers = {"cookie": f"{name}={value}"}
        async with (
            socket(
                server, f"{SITES}/{PRIVATE}/ws", additional_headers=headers, origin=server
            ) as one,
            socket(
                server, f"{SITES}/{PUBLIC}/ws", additional_headers=headers, origin=server
            ) as two,
            client.stream("GET", f"{SITES}/{PRIVATE}/stream") as stream,
        ):
            await receive(one)
            await receive(two)
            events = server_sent(stream)
            await anext(events)
            async with httpx.AsyncClient(base_url=server, headers=headers) as other:
                signed_out = await other.delete(
                    "/api/analytics/session", headers={"origin": server}
                )
            assert signed_out.status_code == 204
            assert await closed_with(one) == 4401
            assert [event async for event in events] == []
            await visit(server)
            assert (await receive(two))["type"] == "update"  # as for anybody


async def test_the_overview_has_a_row_per_readable_site(server: str, app: Application) -> None:
    secret = await add_token(app, "read", OTHER)
    async with socket(server, f"{OVERVIEW}/ws", additional_headers=bearer(secret)) as reader:
        first = await receive(reader)
        assert {row["siteId"] for row in first["sites"]} == {PUBLIC, OTHER}
        async with httpx.AsyncClient(base_url=server, headers=bearer(ADMIN)) as client:
            await client.patch(f"{SITES}/{PRIVATE}", json={"public": True})
        assert await closed_with(reader) == 1012


async def test_at_shutdown_streams_end_and_sockets_are_told_to_reconnect(
    app: Application,
) -> None:
    async with listening(app) as address:
        await add_sites(app)
        reader = await socket(address, f"{SITES}/{PUBLIC}/ws")
        await receive(reader)
        client = httpx.AsyncClient(base_url=address)
        stream = await client.send(
            client.build_request("GET", f"{SITES}/{PUBLIC}/stream"), stream=True
        )
        events = server_sent(stream)
        await anext(events)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert [event async for event in events] == []
    assert await closed_with(reader) == 1012
    await client.aclose()


async def visit(server: str) -> None:
    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/", "t": "Shop"}
    async with httpx.AsyncClient(base_url=server) as client:
        answer = await client.post("/collect", json=page, headers=BROWSER)
        assert answer.status_code == 204
        assert "footfall-dropped" not in answer.headers


async def server_sent(answer: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The id and data of each event."""
    event_id = ""
    async for line in answer.aiter_lines():
        field, _, value = line.partition(":")
        if field == "id":
            event_id = value.strip()
        elif field == "data":
            yield event_id, json.loads(value)

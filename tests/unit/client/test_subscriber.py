"""Following a real server: snapshots and updates, reconnecting, refusals."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from footfall.app import Application
from footfall.client import (
    ClientConfig,
    RealtimeDocument,
    RealtimeSubscriber,
    fetch_dashboard_data_async,
)
from footfall.client import follower as followers
from footfall.errors import NotAllowed, NotAuthenticated, NotFound, NotServed
from tests.serving import PATIENCE, PRIVATE, add_token
from tests.unit.client.conftest import visit

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


async def until(documents: AsyncIterator[RealtimeDocument], visitors: int) -> RealtimeDocument:
    async with asyncio.timeout(PATIENCE):
        async for document in documents:
            if document.current_visitors == visitors:
                return document
    raise AssertionError("the subscription ended")


async def test_it_follows_updates_and_matches_the_document_of_http(config: ClientConfig) -> None:
    async with aclosing(aiter(RealtimeSubscriber(config))) as documents:  # type: ignore[type-var]
        await until(documents, 0)
        await visit(config.base_url, "/tea")
        await until(documents, 1)
        await visit(config.base_url, "/coffee", PHONE)
        followed = await until(documents, 2)
    assert followed == (await fetch_dashboard_data_async(config)).realtime
    assert [row.path for row in followed.recent_events] == ["/coffee", "/tea"]


async def test_it_works_without_asyncio(config: ClientConfig) -> None:
    documents: Iterator[RealtimeDocument] = iter(RealtimeSubscriber(config))
    first = await asyncio.to_thread(next, documents)
    assert first.current_visitors == 0
    await visit(config.base_url)
    assert (await asyncio.to_thread(next, documents)).current_visitors == 1
    await asyncio.to_thread(documents.close)  # type: ignore[attr-defined]


async def test_it_reconnects_at_its_position(
    config: ClientConfig, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "FIRST_WAIT", 0.0)
    async with aclosing(aiter(RealtimeSubscriber(config))) as documents:  # type: ignore[type-var]
        await visit(config.base_url)
        before = await until(documents, 1)
        for channel in list(app.hub._channels()):
            channel.close(1012, "going away")
        await visit(config.base_url, "/coffee", PHONE)
        after = await until(documents, 2)
    assert [row.id for row in after.recent_events[1:]] == [row.id for row in before.recent_events]


@pytest.mark.parametrize(
    ("site", "minutes", "error"),
    [("nowhere", 5, NotFound), (PRIVATE, 5, NotAllowed), (PRIVATE, 99, NotAllowed)],
)
async def test_a_refusal_raises_an_error(
    config: ClientConfig, site: str, minutes: int, error: type[Exception]
) -> None:
    subscriber = RealtimeSubscriber(replace(config, site_id=site, minutes=minutes))
    with pytest.raises(error):
        await anext(aiter(subscriber))
    with pytest.raises(error):
        await asyncio.to_thread(next, iter(subscriber))


@contextlib.asynccontextmanager
async def refusing(*statuses: int) -> AsyncIterator[ClientConfig]:
    """A server, or a proxy before one, that answers the requests for a live channel so, in turn."""
    left = list(statuses)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"error": "use another way"}'
        head = f"HTTP/1.1 {left.pop(0)} No\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield ClientConfig(base_url=f"http://{host}:{port}", site_id="shop")
    assert left == []


@pytest.mark.parametrize(
    ("status", "error"), [(401, NotAuthenticated), (403, NotAllowed), (501, NotServed)]
)
async def test_a_refusal_before_the_channel_is_open_raises_an_error(
    status: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After what passes: 503 and 429 are tried again."""
    monkeypatch.setattr(followers, "FIRST_WAIT", 0.0)
    async with refusing(503, status, 429, status) as config:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(error, match="use another way"):
                await anext(aiter(RealtimeSubscriber(config)))
            with pytest.raises(error, match="use another way"):
                await asyncio.to_thread(next, iter(RealtimeSubscriber(config)))


async def test_a_revoked_token_raises_an_error(server: str, app: Application) -> None:
    secret = await add_token(app, "read", PRIVATE)
    config = ClientConfig(base_url=server, site_id=PRIVATE, token=secret)
    documents = aiter(RealtimeSubscriber(config))
    await anext(documents)
    await app.services.catalog.delete_token(f"read-{PRIVATE}")
    with pytest.raises(NotAllowed):
        async with asyncio.timeout(PATIENCE):
            await anext(documents)

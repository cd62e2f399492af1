"""Following a real server: snapshots and updates, reconnecting, refusals."""

import asyncio
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
from footfall.errors import NotAllowed, NotFound
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


async def test_a_revoked_token_raises_an_error(server: str, app: Application) -> None:
    secret = await add_token(app, "read", PRIVATE)
    config = ClientConfig(base_url=server, site_id=PRIVATE, token=secret)
    documents = aiter(RealtimeSubscriber(config))
    await anext(documents)
    await app.services.catalog.delete_token(f"read-{PRIVATE}")
    with pytest.raises(NotAllowed):
        async with asyncio.timeout(PATIENCE):
            await anext(documents)

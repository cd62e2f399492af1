"""The fast path answers only requests that the full path has admitted."""

import asyncio
from typing import Any

import httpx
import pytest

from footfall.app import Application
from footfall.principal import HOLDER
from footfall.window.query import ViewQuery
from tests.serving import PATIENCE, PRIVATE, PUBLIC, Clock, add_token, bearer

PATH = f"/api/analytics/sites/{PRIVATE}/realtime"


def scope(path: str, query: str = "", **headers: str) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"path": path, "query_string": query.encode(), "headers": raw}


def is_fast(app: Application, path: str, query: str = "", **headers: str) -> bool:
    assert app.services.fast_path is not None
    asking = scope(path, query, **headers)
    app.services.admission.admit_stranger(asking)
    return app.services.fast_path.answer(asking) is not None


async def test_the_second_request_takes_the_fast_path_and_gets_the_same_answer(
    app: Application, client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    headers = bearer(secrets["read one"])
    assert not is_fast(app, PATH, "minutes=3", **headers)
    full = await client.get(PATH, params={"minutes": 3}, headers=headers)
    assert is_fast(app, PATH, "minutes=3", **headers)
    fast = await client.get(PATH, params={"minutes": 3}, headers=headers)
    assert fast.json() == full.json()
    assert dict(fast.headers) == dict(full.headers)


async def test_a_refused_request_never_takes_the_fast_path(
    app: Application, client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    for query, headers in (
        ("", {}),
        ("", bearer("ff_unknown")),
        ("", bearer(secrets["write one"])),
        ("minutes=99", bearer(secrets["read one"])),
        (f"token={secrets['read all']}", {}),
    ):
        assert (await client.get(f"{PATH}?{query}", headers=headers)).status_code >= 400
        assert not is_fast(app, PATH, query, **headers)


async def test_another_token_query_or_site_does_not_take_the_fast_path(
    app: Application, client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    headers = bearer(secrets["read one"])
    await client.get(PATH, headers=headers)
    assert is_fast(app, PATH, **headers)
    assert not is_fast(app, PATH)
    assert not is_fast(app, PATH, **bearer(secrets["write one"]))
    assert not is_fast(app, PATH, "minutes=6", **headers)
    assert not is_fast(app, PATH.replace(PRIVATE, PUBLIC), **headers)
    assert not is_fast(app, PATH, cookie="footfall_session=x", **headers)


@pytest.mark.parametrize("change", ["token", "site"])
async def test_a_change_of_the_catalog_clears_the_fast_path(
    app: Application, client: httpx.AsyncClient, change: str
) -> None:
    headers = bearer(await add_token(app, "read", PRIVATE))
    await client.get(PATH, headers=headers)
    assert is_fast(app, PATH, **headers)
    if change == "token":
        await app.services.catalog.delete_token(f"read-{PRIVATE}")
    else:
        await app.services.catalog.delete_site(PRIVATE)
    assert not is_fast(app, PATH, **headers)
    assert (await client.get(PATH, headers=headers)).status_code in (401, 404)


async def test_two_tokens_at_once_are_not_remembered(
    app: Application, secrets: dict[str, str]
) -> None:
    good, bad = bearer(secrets["read one"])["authorization"], "Bearer ff_unknown"
    both = scope(PATH)
    both["headers"] = [(b"authorization", good.encode()), (b"authorization", bad.encode())]
    assert app.services.fast_path is not None
    app.services.fast_path.remember(both, ViewQuery(PRIVATE), HOLDER)
    assert not is_fast(app, PATH, authorization=bad)


async def test_a_public_site_needs_no_token(app: Application, client: httpx.AsyncClient) -> None:
    path = f"/sites/{PUBLIC}/realtime"
    await client.get(path)
    assert is_fast(app, path)


async def test_it_reflects_new_events_and_passing_time(
    app: Application, client: httpx.AsyncClient, clock: Clock
) -> None:
    async def current() -> int:
        assert is_fast(app, f"/sites/{PUBLIC}/realtime", "minutes=1")
        answer = await client.get(f"/sites/{PUBLIC}/realtime", params={"minutes": 1})
        visitors: int = answer.json()["currentVisitors"]
        return visitors

    await client.get(f"/sites/{PUBLIC}/realtime", params={"minutes": 1})
    assert await current() == 0
    reader = await app.hub.subscribe(ViewQuery(PUBLIC, 1), HOLDER)
    await anext(reader)
    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
    browser = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
    assert (await client.post("/collect", json=page, headers=browser)).status_code == 204
    async with asyncio.timeout(PATIENCE):
        await anext(reader)
    assert await current() == 1
    clock.now += 59_000
    assert await current() == 1
    clock.now += 1_000
    assert await current() == 0

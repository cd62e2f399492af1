import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from footfall.app import Application
from footfall.client import (
    ClientConfig,
    Unreachable,
    fetch_dashboard_data,
    fetch_dashboard_data_async,
)
from footfall.client.config import FILTERS
from footfall.errors import FootfallError, InvalidInput, NotAuthenticated, NotFound
from footfall.window.query import Filter
from tests.serving import PRIVATE, PUBLIC, add_token
from tests.unit.client.conftest import visit


async def test_it_returns_the_document_that_http_serves(config: ClientConfig) -> None:
    await visit(config.base_url, "/docs")
    read = (await fetch_dashboard_data_async(config)).realtime
    assert read is not None
    assert (read.current_visitors, read.active_pages[0].path) == (1, "/docs")
    async with httpx.AsyncClient() as client:
        plain = (await client.get(config.document_url)).json()
    assert msgspec.to_builtins(read) == plain
    assert (await asyncio.to_thread(fetch_dashboard_data, config)).realtime == read


async def test_the_document_is_fetched_only_when_asked_for(config: ClientConfig) -> None:
    assert (await fetch_dashboard_data_async(config, {})).realtime is None
    assert (await asyncio.to_thread(fetch_dashboard_data, config, {})).realtime is None


async def test_it_takes_a_dict_and_gives_what_json_can_dump(server: str) -> None:
    await visit(server)
    given = {"base_url": server, "site_id": PUBLIC}
    data = await asyncio.to_thread(fetch_dashboard_data, given, {"realtime": True})
    assert data.realtime is not None
    assert data.realtime.current_visitors == 1
    dumped = json.loads(json.dumps(data.realtime.to_dict()))
    assert dumped["currentVisitors"] == 1
    assert dumped["recentEvents"][0]["type"] == "pageview"


async def test_window_length_limit_and_filter_are_sent(config: ClientConfig) -> None:
    await visit(config.base_url, "/a b")
    view = replace(config, minutes=10, limit=1, filter={"path": "/a b"})
    read = (await fetch_dashboard_data_async(view)).realtime
    assert read is not None
    assert (read.window_seconds, read.current_visitors) == (600, 1)
    other = replace(config, filter={"device": "mobile"})
    read = (await fetch_dashboard_data_async(other)).realtime
    assert read is not None
    assert read.current_visitors == 0


async def test_a_private_site_needs_its_token(server: str, app: Application) -> None:
    config = ClientConfig(base_url=server, site_id=PRIVATE)
    with pytest.raises(NotAuthenticated, match="token"):
        await fetch_dashboard_data_async(config)
    secret = await add_token(app, "read", PRIVATE)
    read = await fetch_dashboard_data_async(replace(config, token=secret))
    assert read.realtime is not None
    assert read.realtime.site_id == PRIVATE


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"site_id": "nowhere"}, NotFound),
        ({"minutes": 99}, InvalidInput),
        ({"base_url": "http://127.0.0.1:1"}, Unreachable),
    ],
)
async def test_a_refusal_raises_the_matching_error(
    config: ClientConfig, changes: dict[str, Any], error: type[FootfallError]
) -> None:
    changed = replace(config, **changes)
    with pytest.raises(error):
        await fetch_dashboard_data_async(changed)
    with pytest.raises(error):
        await asyncio.to_thread(fetch_dashboard_data, changed)


async def test_a_wrong_base_url_is_reported(config: ClientConfig) -> None:
    with pytest.raises(NotFound):
        await fetch_dashboard_data_async(replace(config, base_url=f"{config.base_url}/elsewhere"))


@pytest.mark.parametrize("end", ["", "/", "/api/analytics", "/api/analytics/"])
def test_a_base_url_is_the_server_with_or_without_the_path_of_its_api(end: str) -> None:
    config = ClientConfig(base_url=f"https://stats.example{end}", site_id=PUBLIC, minutes=1)
    url = f"https://stats.example/api/analytics/sites/{PUBLIC}/realtime?minutes=1"
    assert config.document_url == url
    assert config.socket_url(None) == url.replace("https", "wss").replace("realtime", "ws")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base_url": "/api/analytics", "site_id": "a"}, "has no host.*whole address"),
        ({"baseUrl": "https://stats.example", "site_id": "a"}, "write base_url"),
        ({"base_url": "https://stats.example", "siteId": "a"}, "write site_id"),
        ({"base_url": "https://stats.example"}, "needs site_id"),
        (
            {"base_url": "https://stats.example", "site_id": "a", "tempo": 5},
            "it has base_url, site",
        ),
        ("https://stats.example", "give a ClientConfig, or a dict"),
        (
            {"base_url": "https://a.example", "site_id": "a", "filter": {"contry": "DE"}},
            "a filter has no 'contry': write country",
        ),
    ],
)
def test_a_wrong_config_is_told_what_is_right(given: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        fetch_dashboard_data(given)


def test_it_knows_the_filters_of_the_server() -> None:
    assert tuple(field.name for field in msgspec.structs.fields(Filter)) == FILTERS

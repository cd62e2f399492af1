"""Reports, as a program reads them."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from footfall.client import (
    ClientConfig,
    StatsDocument,
    StatsRequest,
    fetch_dashboard_data,
    fetch_dashboard_data_async,
    stats,
    stats_async,
)
from footfall.errors import InvalidInput, NotAuthenticated
from tests.serving import (
    ADMIN,
    PUBLIC,
    Clock,
    add_sites,
    has_reports,
    listening,
    new_app,
    until,
)
from tests.unit.client.conftest import visit


@pytest.fixture
async def server() -> AsyncIterator[str]:
    app = new_app(Clock(), admin_token=ADMIN, history=True)
    async with listening(app) as address:
        await add_sites(app)
        await until(partial(has_reports, app))
        yield address


@pytest.fixture
def config(server: str) -> ClientConfig:
    return ClientConfig(base_url=server, site_id=PUBLIC, token=ADMIN)


async def test_both_ways_give_the_report(config: ClientConfig) -> None:
    await visit(config.base_url, "/docs")
    read = await stats_async(config, {"period": "7d", "compare": "previous"})
    assert isinstance(read, StatsDocument)
    assert (read.visitors, read.page_views, read.pages[0].path) == (1, 1, "/docs")
    assert len(read.series) == 7
    assert read.compared is not None
    again = await asyncio.to_thread(stats, config, {"period": "7d", "compare": "previous"})
    assert again == read
    assert json.loads(json.dumps(read.to_dict()))["entryPages"] == [{"path": "/docs", "visits": 1}]


async def test_dashboard_data_has_what_was_asked_for(config: ClientConfig) -> None:
    await visit(config.base_url)
    only = await fetch_dashboard_data_async(config, {"period": "today"})
    assert only.realtime is None
    assert only.stats is not None
    assert only.stats.visitors == 1
    both = await asyncio.to_thread(
        fetch_dashboard_data, config, {"realtime": True, "period": "today"}
    )
    assert both.realtime is not None
    assert both.stats == only.stats


async def test_filters_and_days_are_sent(config: ClientConfig) -> None:
    await visit(config.base_url, "/docs")
    asked: StatsRequest = {"period": "custom", "from_": "2026-01-01", "to": "2026-12-31"}
    assert (await stats_async(config, {**asked, "entry_page": "/docs"})).visitors == 1
    assert (await stats_async(config, {**asked, "entry_page": "/"})).visitors == 0
    assert (await stats_async(config, {**asked, "interval": "week"})).interval == "week"


async def test_what_is_wrong_is_said(config: ClientConfig) -> None:
    with pytest.raises(InvalidInput, match="write period"):
        await stats_async(config, {"perod": "today"})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="from"):
        await stats_async(config, {"period": "custom"})
    stranger = ClientConfig(base_url=config.base_url, site_id=PUBLIC)
    with pytest.raises(NotAuthenticated, match="publicHistory"):
        await stats_async(stranger)

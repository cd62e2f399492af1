"""Fixtures for tests with a real browser and real servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.e2e import browsers
from tests.e2e.dashboard import Dashboard
from tests.e2e.hosts import DemoShop, Pages, Recorder, hosted
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall, serving
from tests.e2e.traffic import Traffic


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """``new_visitor(user_agent)``: a browser context of their own."""
    visitors = []

    def open_context(user_agent: str = browsers.WINDOWS) -> BrowserContext:
        visitors.append(browser.new_context(user_agent=user_agent))
        return visitors[-1]

    yield open_context
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def tabs(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A window in which only the tab in front is visible."""
    with browsers.tab_bar(playwright, tmp_path / "profile") as context:
        yield context


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def stats(recorder: Recorder) -> Iterator[str]:
    """The address of the recorder."""
    with hosted(recorder.app()) as address:
        yield address


@pytest.fixture
def pages(stats: str) -> Pages:
    return Pages(stats)


@pytest.fixture
def shop(pages: Pages) -> Iterator[str]:
    """The address of the pages, on another origin than the recorder."""
    with hosted(pages.app()) as address:
        yield address


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Footfall]:
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def api(server: Footfall) -> Api:
    return Api(server, ADMIN_TOKEN)


@pytest.fixture
def demo_shop(server: Footfall) -> Iterator[str]:
    """The address of the demo's pages, on another origin than ``server`` and its tracker."""
    with hosted(DemoShop(server.url)) as address:
        yield address


@pytest.fixture
def traffic(server: Footfall, api: Api) -> Traffic:
    """Sends events of the public site ``shop``."""
    api.post("/sites", {"id": "shop", "name": "Tea & Co", "public": True})
    return Traffic(server, api, "shop")


@pytest.fixture
def dashboard(server: Footfall, new_visitor: Callable[..., BrowserContext]) -> Dashboard:
    """In its own browser context, with no page open yet."""
    return Dashboard(new_visitor().new_page(), server.url)

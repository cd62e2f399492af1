"""The live page and an element of a deployment without servers, in a real browser."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from footfall.serverless.container import container
from tests.dynamodb.serverless.gateway import FakeGateway
from tests.dynamodb.serverless.local_gateway import STAGE, LocalGateway
from tests.dynamodb.serverless.world import ADMIN, World
from tests.e2e import browsers
from tests.e2e.hosts import Pages, hosted
from tests.emulator import REGION

AT_ONCE = 3_000
"""Milliseconds."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    shown = browser.new_page()
    yield shown
    shown.close()


class Deployment:
    """All functions behind a gateway, with the public site ``shop``."""

    def __init__(self, url: str, sockets: str, gateway: LocalGateway, world: World) -> None:
        self.url = url
        self.sockets = sockets
        self.gateway = gateway
        self._world = world
        gateway.call(world.add_site, "shop", public=True)

    def visit(self, path: str, user_agent: str = browsers.WINDOWS) -> None:
        event = {"s": "shop", "e": "pageview", "u": f"https://shop.example{path}"}
        headers = {"user-agent": user_agent}
        answer = httpx.post(f"{self.url}/collect", content=json.dumps(event), headers=headers)
        assert answer.status_code == 204
        records = self.gateway.call(self._world.records)
        self.gateway.call(self._world.deliver, records)


@pytest.fixture
def deployment(
    client: Any, table: str, dynamodb_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    gateway = LocalGateway()
    try:
        with hosted(gateway.http_api()) as url, hosted(gateway.socket_api()) as sockets:
            store = f"dynamodb://{table}?region={REGION}&endpoint={dynamodb_endpoint}"
            monkeypatch.setenv("FOOTFALL_STORE", store)
            monkeypatch.setenv("FOOTFALL_SOCKETS_URL", sockets + STAGE)
            monkeypatch.setenv("FOOTFALL_ADMIN_TOKEN", ADMIN)
            container.cache_clear()
            world = World(client, dynamodb_endpoint, table, FakeGateway(sockets))
            yield Deployment(url, sockets + STAGE, gateway, world)
    finally:  # after the last connection's end
        world.close()
        gateway.call(container().close)
        container.cache_clear()
        gateway.close()


def test_the_live_page_is_pushed_through_the_websocket_api(
    deployment: Deployment, page: Page
) -> None:
    deployment.visit("/tea")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{deployment.url}/sites/shop")
    counter = page.get_by_test_id("current-visitors")
    expect(counter).to_have_text("1", timeout=AT_ONCE)
    expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "live")
    deployment.visit("/cart", browsers.IPHONE)
    expect(counter).to_have_text("2", timeout=AT_ONCE)
    assert sockets[-1] == deployment.sockets.replace("http", "ws")
    assert not [path for path in deployment.gateway.requests if path.endswith("/realtime")]


def test_it_polls_when_the_socket_is_refused(deployment: Deployment, page: Page) -> None:
    deployment.gateway.refuses_sockets = True
    deployment.visit("/tea")
    page.goto(f"{deployment.url}/sites/shop")
    counter = page.get_by_test_id("current-visitors")
    expect(counter).to_have_text("1", timeout=AT_ONCE)
    deployment.visit("/cart", browsers.IPHONE)
    expect(counter).to_have_text("2", timeout=10_000)
    assert deployment.gateway.requests.count("/api/analytics/sites/shop/stream") <= 2


@pytest.fixture
def pages(deployment: Deployment) -> Pages:
    """With a counter at ``/``; on an origin of their own."""
    made = Pages(deployment.url)
    script = f'<script type="module" src="{deployment.url}/footfall-elements.js"></script>'
    made.markup["/"] = f'{script}<realtime-counter site="shop"></realtime-counter>'
    return made


def test_an_element_on_another_origin_is_pushed_too(
    deployment: Deployment, pages: Pages, page: Page
) -> None:
    deployment.visit("/tea")
    with hosted(pages.app()) as elsewhere:
        page.goto(elsewhere)
        counter = page.get_by_test_id("current-visitors")
        expect(counter).to_have_text("1", timeout=AT_ONCE)
        deployment.visit("/cart", browsers.IPHONE)
        expect(counter).to_have_text("2", timeout=AT_ONCE)


def test_an_element_polls_where_the_policy_of_the_page_knows_no_socket(
    deployment: Deployment, pages: Pages, page: Page
) -> None:
    deployment.visit("/tea")
    pages.headers["Content-Security-Policy"] = f"connect-src {deployment.url}"
    with hosted(pages.app()) as elsewhere:
        page.goto(elsewhere)
        expect(page.get_by_test_id("current-visitors")).to_have_text("1", timeout=AT_ONCE)

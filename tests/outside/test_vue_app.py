"""The npm packages as a stranger uses them: packed, installed in an empty folder, built, shown."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import browsers
from tests.e2e.processes import Api, Footfall
from tests.outside import vue_app

ADMIN_TOKEN = "the-admin-token-of-these-tests"
MOST_BYTES = 45 * 1024
AROUND = {
    "block": "",
    "flex": "display: flex; flex-wrap: wrap",
    "flex column": "display: flex; flex-direction: column",
    "grid": "display: grid; grid-template-columns: 1fr 1fr",
}
HEIGHTS = {
    "#counter > *": (60, 250),
    "#feed > *": (300, 700),
    "#list > *": (200, 450),
    "#chart > *": (120, 600),
    "#map > *": (80, 700),
}
"""Least and most, in pixels, of components in parents without a height, or as high as their row."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger") / "app"
    vue_app.make(folder, vue_app.pack())
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'footfall.db'}"
    footfall = Footfall("serve", "--store", store, environ={"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN})
    footfall.start()
    try:
        Api(footfall, ADMIN_TOKEN).post(
            "/sites", {"id": "my-site", "name": "My site", "public": True}
        )
        visit(footfall, "/tea")
        yield footfall
    finally:
        footfall.stop()


@pytest.fixture(scope="module")
def address(app: Path, server: Footfall) -> Iterator[str]:
    with vue_app.preview(app, server.url) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without errors in its console."""
    problems: list[str] = []
    shown = browser.new_page()
    shown.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    shown.on("pageerror", lambda error: problems.append(str(error)))
    yield shown
    shown.close()
    assert not problems


def visit(server: Footfall, path: str, user_agent: str = browsers.WINDOWS) -> None:
    event = {"s": "my-site", "e": "pageview", "u": f"https://shop.example{path}"}
    answer = httpx.post(f"{server.url}/collect", json=event, headers={"user-agent": user_agent})
    assert (answer.status_code, answer.headers.get("footfall-dropped")) == (204, None)


def test_the_app_has_no_type_errors(app: Path) -> None:
    assert vue_app.type_errors(app) == []


def test_the_app_is_small(app: Path) -> None:
    sizes = vue_app.sizes(app)
    world = [name for name in sizes if name.startswith("world")]
    assert len(world) == 1  # loaded when a map is shown
    assert sum(sizes.values()) - sizes[world[0]] <= MOST_BYTES


def test_plain_node_reads_a_server(app: Path, server: Footfall) -> None:
    script = (
        'import { fetchDashboardData } from "@footfall/client";'
        f'const config = {{ baseUrl: "{server.url}/api/analytics", siteId: "my-site" }};'
        "const data = await fetchDashboardData(config, { realtime: true });"
        "console.log(data.realtime.currentVisitors);"
    )
    assert int(vue_app.run(app, "node", "--input-type=module", "-e", script)) >= 1


@pytest.mark.parametrize("around", AROUND)
def test_each_component_has_a_height_of_its_own(page: Page, address: str, around: str) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(f"{address}/?around={AROUND[around]}")
    expect(page.locator("#list li").first).to_be_visible()
    expect(page.locator("#map path").first).to_be_visible()
    for selector, (least, most) in HEIGHTS.items():
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert least <= box["height"] <= most, f"{selector} is {box['height']} px high"
        assert box["width"] >= 120, f"{selector} is {box['width']} px wide"
    bars = page.locator("#chart .footfall-chart__bar--visitors")
    assert bars.evaluate_all("bars => Math.max(...bars.map(each => each.offsetHeight))") > 5


def test_each_component_fills_a_parent_that_has_a_size(page: Page, address: str) -> None:
    page.goto(f"{address}/?each=height: 333px; width: 444px")
    expect(page.locator("#list li").first).to_be_visible()
    for selector in ("#feed > *", "#chart > *", "#map > *"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert (round(box["height"]), round(box["width"])) == (333, 444), selector


def test_all_fit_into_280_pixels(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 280, "height": 800})
    page.goto(address)
    expect(page.locator("#list li").first).to_be_visible()
    wider = page.evaluate(
        "[...document.querySelectorAll('body, body *')].filter("
        "each => each.getBoundingClientRect().right > innerWidth + 0.5).map(each => each.className)"
    )
    assert wider == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 280


def test_the_numbers_are_live_and_the_same(
    page: Page, address: str, server: Footfall, app: Path
) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(address)
    counter = page.get_by_test_id("current-visitors")
    expect(counter).not_to_be_empty()
    before = int(counter.inner_text())
    assert page.locator("#fetched").inner_text() == page.locator("#polled").inner_text()
    visit(server, "/cart", browsers.IPHONE if before == 1 else browsers.UBUNTU)
    expect(counter).to_have_text(str(before + 1), timeout=3_000)
    expect(page.locator("#feed").get_by_text("/cart").first).to_be_visible()
    expect(page.locator("#polled")).to_have_text(str(before + 1), timeout=10_000)
    assert len(sockets) == 1  # the counter and the feed share it, whatever their poll interval


def test_a_component_without_a_server_says_so(browser: Browser, app: Path) -> None:
    page = browser.new_page()
    with vue_app.preview(app, "http://127.0.0.1:9") as nowhere:
        page.goto(nowhere)
        said = page.locator("#counter .footfall-counter__label")
        expect(said).not_to_contain_text("visitors", timeout=10_000)
        expect(page.locator("#feed .footfall-panel__problem")).to_be_visible()
    page.close()

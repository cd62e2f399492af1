"""Custom elements, embedded on a page of another origin."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.e2e.browsers import IPHONE, WINDOWS
from tests.e2e.hosts import hosted
from tests.e2e.processes import Api, Footfall

SECOND = 1_000
"""In milliseconds, the unit of Playwright."""
NewVisitor = Callable[..., BrowserContext]


@pytest.fixture
def embed(server: Footfall, new_visitor: NewVisitor) -> Iterator[Callable[[str], Page]]:
    """``embed(markup)``: a page of another origin with the script and ``markup``."""
    script = f'<script type="module" src="{server.url}/footfall-elements.js"></script>'
    markup: list[str] = []

    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>Embedding</title>{script}{markup[-1]}")

    with hosted(Starlette(routes=[Route("/", page)])) as address:

        def show(elements: str) -> Page:
            markup.append(elements)
            shown = new_visitor().new_page()
            shown.goto(address)
            return shown

        yield show


def visit(server: Footfall, path: str, user_agent: str = WINDOWS) -> None:
    page = {"s": "shop", "e": "pageview", "u": f"https://shop.example{path}", "t": "<b>Tea</b>"}
    answer = httpx.post(f"{server.url}/collect", json=page, headers={"user-agent": user_agent})
    assert answer.status_code == 204
    assert "footfall-dropped" not in answer.headers


def test_elements_of_a_public_site_show_live_numbers_over_one_connection(
    server: Footfall, api: Api, embed: Callable[[str], Page]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    visit(server, "/tea")
    page = embed(
        '<realtime-counter site="shop" poll-interval="2000"></realtime-counter>'
        '<top-list site="shop" list="pages"></top-list>'
        '<live-activity-feed site="shop"></live-activity-feed>'
        '<minute-chart site="shop"></minute-chart>'
        '<visitor-map site="shop"></visitor-map>'
    )
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.reload()

    counter = page.get_by_test_id("current-visitors")
    expect(counter).to_have_text("1")
    expect(page.locator("top-list").get_by_text("/tea")).to_be_visible()
    expect(page.locator("live-activity-feed").get_by_text("<b>Tea</b>").first).to_be_visible()
    expect(page.get_by_role("img", name="1 page view in 30 minutes")).to_be_visible()
    expect(page.locator("visitor-map path").first).to_be_attached()
    visit(server, "/<img src=x>", IPHONE)
    expect(counter).to_have_text("2", timeout=2 * SECOND)
    expect(page.locator("top-list li")).to_have_count(2)
    assert page.locator("img").count() == 0
    assert len(sockets) == 1


def test_a_private_site_is_shown_until_its_read_token_is_revoked(
    server: Footfall, api: Api, embed: Callable[[str], Page]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop"})
    token = api.post("/tokens", {"scope": "read", "siteId": "shop"})
    page = embed(
        f'<realtime-counter id="guest" site="shop" token="{token["secret"]}" label="here now">'
        '</realtime-counter><realtime-counter id="stranger" site="shop"></realtime-counter>'
    )
    guest, stranger = page.locator("#guest"), page.locator("#stranger")
    expect(guest.get_by_test_id("current-visitors")).to_have_text("0")
    expect(guest.get_by_text("here now")).to_be_visible()
    expect(guest).to_have_attribute("data-state", "live")
    expect(stranger.get_by_test_id("current-visitors")).to_have_text("")
    expect(stranger).to_have_attribute("data-state", "refused")

    api.delete(f"/tokens/{token['id']}")
    expect(guest).to_have_attribute("data-state", "refused", timeout=5 * SECOND)


def test_a_counter_fits_a_sentence_and_has_a_name(
    server: Footfall, api: Api, embed: Callable[[str], Page]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    visit(server, "/tea")
    page = embed(
        '<p style="font: 20px/30px serif">Now <realtime-counter id="in" inline site="shop" '
        'aria-label="Readers"></realtime-counter> are here, '
        '<realtime-counter inline site="secret"></realtime-counter> there.</p>'
        '<div style="width: 200px; height: 100px"><visitor-map site="shop"></visitor-map></div>'
    )
    counter = page.locator("#in")
    expect(page.get_by_role("group", name="Readers")).to_be_visible()
    expect(counter.get_by_test_id("current-visitors")).to_have_text("1")
    line = page.locator("p").bounding_box()
    assert line is not None
    assert line["height"] <= 60
    box = counter.locator(".footfall-number").bounding_box()
    assert box is not None
    assert box["height"] == 20
    # What is refused says why.
    expect(page.locator("p")).to_contain_text("there is no site 'secret'")
    world = page.locator("visitor-map").bounding_box()
    assert world is not None
    assert world["width"] <= 200
    assert world["height"] <= 100


def test_an_element_without_a_site_says_so_until_it_has_one(
    server: Footfall, api: Api, embed: Callable[[str], Page]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    page = embed("<realtime-counter></realtime-counter>")
    counter = page.locator("realtime-counter")
    expect(counter).to_have_text('This element needs a site: site="my-site".')
    counter.evaluate("element => element.setAttribute('site', 'shop')")
    expect(counter.get_by_test_id("current-visitors")).to_have_text("0")


def test_attributes_filter_and_can_change(
    server: Footfall, api: Api, embed: Callable[[str], Page]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    visit(server, "/tea")
    visit(server, "/coffee", IPHONE)
    page = embed('<realtime-counter site="shop" device="mobile" minutes="1"></realtime-counter>')
    counter = page.get_by_test_id("current-visitors")
    expect(counter).to_have_text("1")
    expect(page.get_by_text("visitor in the last minute")).to_be_visible()
    page.locator("realtime-counter").evaluate("element => element.removeAttribute('device')")
    expect(counter).to_have_text("2")


@pytest.mark.parametrize("blocked", [("WebSocket",), ("WebSocket", "stream")])
def test_without_websockets_or_sse_the_numbers_still_update(
    server: Footfall, api: Api, embed: Callable[[str], Page], blocked: tuple[str, ...]
) -> None:
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    page = embed('<realtime-counter site="shop" poll-interval="500"></realtime-counter>')
    requested: list[str] = []
    page.add_init_script("delete window.WebSocket")
    page.on("request", lambda request: requested.append(request.url.rpartition("/")[2]))
    if "stream" in blocked:
        page.route("**/stream", lambda route: route.abort())
    page.reload()

    counter = page.get_by_test_id("current-visitors")
    expect(counter).to_have_text("0")
    visit(server, "/tea")
    expect(counter).to_have_text("1", timeout=3 * SECOND)
    expect(page.locator("realtime-counter")).to_have_attribute("data-state", "live")
    assert ("realtime" in requested) == ("stream" in blocked)

"""No element is past its card or the window, at any size and in any state."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import IPHONE
from tests.e2e.dashboard import Dashboard
from tests.e2e.layout import overflows
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall, serving
from tests.e2e.traffic import AMERICAN, GERMAN, Traffic

SIZES = {
    "400% of 1280": (320, 256),
    "320": (320, 640),
    "390": (390, 844),
    "640": (640, 900),
    "200% of 1440": (720, 450),
    "1024": (1024, 768),
    "1280": (1280, 800),
    "1440": (1440, 900),
    "1920": (1920, 1080),
    "2160 tall": (1440, 2160),
    "4K": (3840, 2160),
}
LONG = "/a-very-long-path/that-never-seems-to-end/and-goes-on/until-nobody-reads-it-any-more"
SOURCES = ("https://www.google.com/", "https://news.ycombinator.com/", "https://example.org/")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    """A busy site, one visitor on another, a new one, and many that are idle."""
    with serving(tmp_path_factory.mktemp("store")) as server:
        api = Api(server, ADMIN_TOKEN)
        for site, name in (("shop", "Tea & Co, makers of very fine cups"), ("one", "One")):
            api.post("/sites", {"id": site, "name": name, "public": True, "publicHistory": True})
        api.post("/sites", {"id": "new", "name": "New", "domains": ["shop.example"]})
        for number in range(12):
            api.post("/sites", {"id": f"idle-{number}", "name": f"Idle {number}", "public": True})
        api.post("/sites/shop/goals", {"name": "Bought", "kind": "path", "value": "/0"})
        traffic = Traffic(server, api, "shop")
        for number in range(60):
            who = {"ip": GERMAN, "ua": IPHONE} if number == 0 else {}
            path = LONG if number < 3 else f"/{number % 20}"
            url = f"https://shop.example{path}?utm_campaign=autumn-{number % 9}"
            traffic.send([{"u": url, "r": SOURCES[number % 3], "t": "Tea · Shop", **who}])
        traffic.send([{"e": "event", "p": {"name": f"event_with_a_name_{n}"}} for n in range(8)])
        Traffic(server, api, "one").view("/tea", ip=AMERICAN)
        yield server


@pytest.fixture(scope="module")
def page(host: Footfall, browser: Browser) -> Iterator[Page]:
    """Signed in."""
    page = browser.new_page()
    dashboard = Dashboard(page, host.url).open("/?page=sign-in")
    dashboard.sign_in(ADMIN_TOKEN)
    dashboard.is_live()
    yield page
    page.close()


ADDRESSES = {
    "busy": "/sites/shop",
    "filtered": "/sites/shop?device=desktop&source=Google",
    "nothing": "/sites/shop?country=DE&os=Solaris",
    "one visitor": "/sites/one",
    "period": "/sites/shop?period=today",
    "setup": "/sites/new",
    "settings": "/sites/shop?page=settings",
    "wall": "/?all",
    "server settings": "/?page=settings",
    "sign in": "/?page=sign-in",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_nothing_overflows(host: Footfall, page: Page, address: str) -> None:
    page.goto(host.url + address)
    page.wait_for_load_state("networkidle")
    found: dict[str, list[str]] = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        if wrong := overflows(page):
            found[size] = wrong
    assert found == {}


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (2160, 3840)]
)
@pytest.mark.parametrize("address", ["/sites/shop?tv=1", "/?tv=1"])
def test_the_tv_layout_fits(
    host: Footfall, page: Page, address: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(host.url + address)
    page.wait_for_load_state("networkidle")
    assert overflows(page) == []
    assert not page.evaluate("document.documentElement.scrollHeight > innerHeight")
    if "sites" in address:
        number = page.locator(".footfall-counter__number").bounding_box()
        world = page.locator(".footfall-map svg").bounding_box()
        assert number is not None
        assert world is not None
        is_beside = number["x"] + number["width"] <= world["x"]
        is_above = number["y"] + number["height"] <= world["y"]
        assert is_beside or is_above


@pytest.mark.parametrize("per_second", [5, 50, 300])
def test_nothing_overflows_in_a_flood(host: Footfall, page: Page, per_second: int) -> None:
    shop = Dashboard(page, host.url)
    page.set_viewport_size({"width": 1440, "height": 900})
    api = Api(host, ADMIN_TOKEN)
    traffic = Traffic(host, api, "shop")
    before = int(api.get("/sites/shop/realtime")["pageViews"])
    shop.open("/sites/shop").is_live()
    with traffic.flood(max(10, per_second)):
        page.wait_for_function(
            f"() => Number(document.querySelector('[data-testid=page-views]')"
            f".textContent.replace(/\\D/g, '')) > {before + per_second}"
        )
        assert overflows(page) == []


def test_forced_colours_leave_bars_and_choices_to_be_seen(host: Footfall, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(forced_colors="active")
    shop = Dashboard(page, host.url).open("/sites/shop")
    shop.is_live()
    expect(page.locator(".footfall-list__bar").first).to_be_attached()
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for graphic in (
        ".footfall-list__bar",
        ".footfall-chart__minute--current .footfall-chart__bar--visitors",
        ".footfall-state__dot",
    ):
        colour = page.locator(graphic).last.evaluate(
            "element => getComputedStyle(element).backgroundColor"
        )
        assert colour not in (canvas, "rgba(0, 0, 0, 0)"), graphic
    for choice in page.locator("label.chosen").all():
        style = choice.evaluate("element => getComputedStyle(element).outlineStyle")
        assert style == "solid"
    page.emulate_media(forced_colors="none")

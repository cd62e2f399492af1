"""Pages that carry the script of another product, pointed at Footfall: the live page shows them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from tests.e2e.dashboard import Dashboard
from tests.e2e.hosts import hosted
from tests.e2e.processes import Api, Footfall

MODULES = Path(__file__).parents[2] / "web" / "node_modules"
LINK = '<a id="out" target="_blank" href="http://127.0.0.1:9/elsewhere">out</a>'
SCRIPTS = {
    "@plausible-analytics/tracker": """
        import { init, track } from "/modules/@plausible-analytics/tracker/plausible.js";
        init({
            domain: "shop.example",
            endpoint: "%s/api/event",
            outboundLinks: true,
            captureOnLocalhost: true,
        });
        window.signUp = () => track("signup", { props: { plan: "pro" } });
        """,
    "plausible-tracker": """
        import plausible from "/modules/plausible-tracker/build/module/index.js";
        const { enableAutoPageviews, enableAutoOutboundTracking, trackEvent } = plausible({
            domain: "shop.example",
            apiHost: "%s",
            trackLocalhost: true,
        });
        enableAutoPageviews();
        enableAutoOutboundTracking();
        window.signUp = () => trackEvent("signup", { props: { plan: "pro" } });
        """,
}


@pytest.fixture(params=SCRIPTS)
def page_of_a_shop(request: pytest.FixtureRequest, server: Footfall) -> Iterator[str]:
    """The address of pages with the script, on an origin of their own."""
    script = SCRIPTS[request.param].replace("%s", server.url)

    async def page(_: Request) -> Response:
        return HTMLResponse(f'<title>A page</title>{LINK}<script type="module">{script}</script>')

    async def module(request: Request) -> Response:
        path = MODULES / request.path_params["path"]
        return FileResponse(path if path.is_file() else path.with_name(path.name + ".js"))

    routes = [Route("/modules/{path:path}", module), Route("/{path:path}", page)]
    with hosted(Starlette(routes=routes)) as address:
        yield address


@pytest.fixture
def visitor(new_visitor: Callable[..., BrowserContext]) -> Page:
    return new_visitor().new_page()


def test_the_live_page_shows_what_they_send(
    page_of_a_shop: str, visitor: Page, api: Api, dashboard: Dashboard
) -> None:
    api.post(
        "/sites",
        {"id": "shop", "name": "Shop", "public": True, "domains": ["shop.example", "127.0.0.1"]},
    )
    visitor.goto(f"{page_of_a_shop}/tea")
    dashboard.open("/sites/shop").shows(1)
    expect(dashboard.row("active-pages", "/tea")).to_be_visible()
    visitor.evaluate("history.pushState({}, '', '/cups')")
    expect(dashboard.row("active-pages", "/cups")).to_be_visible()
    visitor.evaluate("signUp()")
    feed = dashboard.page.get_by_test_id("feed")
    expect(feed).to_contain_text("signup")
    visitor.click("#out")
    expect(feed).to_contain_text("127.0.0.1:9/elsewhere")
    dashboard.shows(1)

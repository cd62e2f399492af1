"""Visitors of the demo shop, as the live page shows them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.browsers import IPHONE, WINDOWS
from tests.e2e.processes import Api, Footfall

SECOND = 1_000
"""In milliseconds, the unit of Playwright."""
PRESENT = "present-visitors"
CURRENT = "current-visitors"
VIEWS = "page-views"

NewVisitor = Callable[..., BrowserContext]


class LivePage:
    """The live page of the demo site, with a window of one minute."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/sites/demo?minutes=1")

    def number(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def row(self, table: str, *texts: str) -> Locator:
        rows = self.page.get_by_test_id(table).get_by_role("listitem")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows

    def shows(self, name: str, value: int, within: int = SECOND) -> None:
        expect(self.number(name)).to_have_text(str(value), timeout=within)

    def is_live(self) -> None:
        expect(self._state).to_have_attribute("data-state", "live", timeout=20 * SECOND)

    def is_cut_off(self) -> None:
        expect(self._state).not_to_have_attribute("data-state", "live", timeout=20 * SECOND)

    @property
    def _state(self) -> Locator:
        return self.page.get_by_test_id("connection-state")


@pytest.fixture
def live(server: Footfall, api: Api, new_visitor: NewVisitor) -> LivePage:
    api.post("/sites", {"id": "demo", "name": "Demo", "public": True})
    live = LivePage(new_visitor().new_page(), server.url)
    live.is_live()
    return live


def numbers(api: Api) -> dict[str, object]:
    """What a restart must not change: the document of 30 minutes without its times."""
    document: dict[str, object] = api.get("/sites/demo/realtime?minutes=30")
    del document["asOf"], document["perMinute"]
    return document


def test_visitors_appear_and_disappear(
    live: LivePage, demo_shop: str, server: Footfall, api: Api, new_visitor: NewVisitor
) -> None:
    live.shows(CURRENT, 0)

    first = new_visitor(WINDOWS).new_page()
    first.goto(f"{demo_shop}/demo/")
    live.shows(CURRENT, 1)
    live.shows(PRESENT, 1)
    expect(live.row("active-pages", "/demo/", "1")).to_be_visible(timeout=SECOND)

    second = new_visitor(IPHONE).new_page()
    second.goto(f"{demo_shop}/demo/plants/monstera")
    live.shows(CURRENT, 2)
    live.shows(PRESENT, 2)
    expect(live.row("active-pages", "/demo/plants/monstera", "1")).to_be_visible(timeout=SECOND)

    second.get_by_role("button", name="Add to basket").click()
    expect(live.row("events", "add_to_basket", "1")).to_be_visible(timeout=SECOND)
    expect(live.row("feed", "add_to_basket")).to_be_visible(timeout=SECOND)

    second.close()
    live.shows(PRESENT, 1)
    live.shows(CURRENT, 2)
    live.shows(VIEWS, 2)

    before = numbers(api)
    server.stop()
    live.is_cut_off()
    server.start()
    assert numbers(api) == before
    live.is_live()
    live.shows(PRESENT, 1)
    live.shows(CURRENT, 2)
    live.shows(VIEWS, 2)

    # The first visitor still sends pings; the second has not been seen for a minute.
    live.shows(CURRENT, 1, within=80 * SECOND)
    live.shows(VIEWS, 0)
    live.shows(PRESENT, 1)


def test_a_visitor_is_present_until_the_last_tab_is_closed(
    live: LivePage, demo_shop: str, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(WINDOWS)
    tabs = [visitor.new_page(), visitor.new_page()]
    for tab in tabs:
        tab.goto(f"{demo_shop}/demo/")
    live.shows(VIEWS, 2)
    live.shows(PRESENT, 1)

    tabs[0].close()
    live.row("feed", "Houseplants").first.wait_for()
    live.shows(PRESENT, 1)
    tabs[1].close()

    live.shows(PRESENT, 0)
    live.shows(CURRENT, 1)


def test_navigation_within_a_page_and_goals_are_shown(
    live: LivePage, demo_shop: str, api: Api, new_visitor: NewVisitor
) -> None:
    goal = {"name": "Plant found", "kind": "path", "match": "exact", "value": "/demo/finder/match"}
    api.post("/sites/demo/goals", goal)
    page = new_visitor(WINDOWS).new_page()

    page.goto(f"{demo_shop}/demo/finder")
    for answer in ("Start", "A soft one", "Now and then"):
        page.get_by_role("link", name=answer).click()

    live.shows(VIEWS, 4)
    live.shows(CURRENT, 1)
    expect(live.row("active-pages", "/demo/finder/match", "1")).to_be_visible(timeout=SECOND)
    expect(live.row("goals", "Plant found", "1")).to_be_visible(timeout=SECOND)


def test_a_bot_is_not_counted(live: LivePage, demo_shop: str, new_visitor: NewVisitor) -> None:
    bot = new_visitor("Mozilla/5.0 (compatible; Googlebot/2.1)").new_page()
    with bot.expect_response("**/collect") as answer:
        bot.goto(f"{demo_shop}/demo/")

    assert answer.value.status == 204
    assert answer.value.headers["footfall-dropped"] == "bot=1"
    live.shows(CURRENT, 0)

"""axe-core finds no violations on any page, in light and dark."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.e2e.browsers import IPHONE
from tests.e2e.dashboard import Dashboard
from tests.e2e.processes import ADMIN_TOKEN
from tests.e2e.traffic import AMERICAN, GERMAN, Traffic

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = "{ rules: { 'label-content-name-mismatch': { enabled: true } } }"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def busy(dashboard: Dashboard, traffic: Traffic) -> Dashboard:
    traffic.view("/tea", ip=GERMAN, ua=IPHONE, r="https://www.google.com/")
    traffic.view("/cups", ip=AMERICAN)
    traffic.send([{"e": "event", "p": {"name": "signup"}, "ip": AMERICAN}])
    dashboard.page.emulate_media(reduced_motion="reduce")
    return dashboard


@pytest.mark.parametrize(
    "address",
    ["/sites/shop", "/sites/shop?device=mobile&minutes=30", "/sites/shop?tv=1", "/", "/?tv=1"],
)
def test_live_pages(busy: Dashboard, address: str) -> None:
    busy.open(address).is_live()
    busy.page.locator(".footfall-map__country, [data-site]").first.wait_for()
    assert violations(busy.page) == []


def test_a_visit_and_who_is_here(busy: Dashboard) -> None:
    busy.open("/sites/shop?page=sign-in")
    busy.sign_in(ADMIN_TOKEN)
    busy.is_live()
    page = busy.page
    page.get_by_test_id("feed").get_by_role("button").first.click()
    page.get_by_test_id("story").get_by_role("listitem").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="active now").click()
    page.get_by_role("dialog", name="Active now").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    for button, dialog in (("Share", "Share"), ("Tea & Co", "Switch site")):
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("dialog", name=dialog).get_by_role("link").or_(
            page.get_by_role("dialog", name=dialog).get_by_label("Label")
        ).first.wait_for()
        assert violations(page) == []
        page.keyboard.press("Escape")
    busy.open("/sites/shop?country=DE&os=Solaris")
    page.get_by_test_id("nothing").wait_for()
    assert violations(page) == []


def test_help_sheet(busy: Dashboard) -> None:
    busy.open("/sites/shop").is_live()
    busy.page.keyboard.press("?")
    busy.page.get_by_role("dialog").wait_for()
    assert violations(busy.page) == []


def test_sign_in_and_settings(busy: Dashboard) -> None:
    busy.open("/sites/shop?page=settings")
    busy.page.get_by_label("Token").wait_for()
    assert violations(busy.page) == []
    busy.sign_in(ADMIN_TOKEN)
    links = busy.page.get_by_role("region", name="Share links")
    links.get_by_label("Label").fill("A friend")
    links.get_by_role("button", name="Create link").click()
    links.get_by_test_id("share-link").wait_for()
    assert violations(busy.page) == []


@pytest.mark.parametrize("address", ["/api/docs", "/nowhere"])
def test_pages_without_scripts(dashboard: Dashboard, address: str) -> None:
    # The page's policy forbids even axe's script.
    browser = dashboard.page.context.browser
    assert browser is not None
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(dashboard.url + address)
    assert violations(page) == []
    context.close()


def test_first_site(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.sign_in(ADMIN_TOKEN)
    dashboard.page.get_by_test_id("new-site").wait_for()
    assert violations(dashboard.page) == []
    dashboard.page.get_by_label("Name").fill("shop")
    dashboard.page.get_by_role("button", name="Create site").click()
    dashboard.page.get_by_test_id("setup").wait_for()
    assert violations(dashboard.page) == []


def violations(page: Page) -> list[str]:
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.evaluate(AXE.read_text())
        result = page.evaluate(f"axe.run({RULES})")
        found += [
            f"{theme}: {violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    return found

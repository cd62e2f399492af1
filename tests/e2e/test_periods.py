"""The periods of a site's page: by click, by key and by address; and the files that it gives."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.dashboard import SECOND, Dashboard
from tests.e2e.past import DAYS, bring_along, counted_elsewhere
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall
from tests.e2e.test_accessibility import violations
from tests.e2e.traffic import Traffic

SOON = 30 * SECOND


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    """A server whose site ``shop`` has a past, which came twice, and one visitor today."""
    folder = tmp_path_factory.mktemp("store")
    store = folder / "footfall.db"
    environ = {"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN}
    server = Footfall("serve", "--store", f"sqlite:///{store}", environ=environ)
    server.start()
    try:
        api = Api(server, ADMIN_TOKEN)
        api.post("/sites", {"id": "shop", "name": "Tea & Co", "public": True})
        Traffic(server, api, "shop").view("/tea")
        said = bring_along(store, "shop", folder)
        assert f"{DAYS * 4 + DAYS // 2} events" in said
        assert "takes them in" in said
        while api.get("/sites/shop/stats?period=yesterday")["visitors"] == 0:
            pass
        assert "imported before" in bring_along(store, "shop", folder)
        yield server
    finally:
        server.stop()


@pytest.fixture
def api(host: Footfall) -> Api:
    return Api(host, ADMIN_TOKEN)


@pytest.fixture
def past(host: Footfall, new_visitor: Callable[..., BrowserContext]) -> Dashboard:
    """The site's page, for an admin."""
    dashboard = Dashboard(new_visitor().new_page(), host.url)
    dashboard.open("/sites/shop?page=sign-in")
    dashboard.sign_in(ADMIN_TOKEN)
    expect(dashboard.page.get_by_role("button", name="Sign out")).to_be_visible()
    return dashboard


def shows(page: Page, visitors: int) -> None:
    expect(page.get_by_test_id("total-visitors")).to_contain_text(
        re.compile(rf"^\s*{visitors}\b"), timeout=SOON
    )


def choose(page: Page, period: str) -> None:
    page.get_by_role("radio", name=period, exact=True).check(force=True)


def test_every_period_by_click_and_by_key(past: Dashboard, api: Api) -> None:
    page = past.open("/sites/shop").page
    past.shows(1)
    for name, key, address, visitors in (
        ("Today", "t", "today", 1),
        ("Yesterday", "y", "yesterday", 2),
        ("7 days", "w", "7d", 6 * 2 + 3 + 1),
        ("30 days", "m", "30d", 29 * 2 + 14 + 1),
        ("12 months", "j", "12mo", 40 * 2 + 20 + 1),
    ):
        choose(page, name)
        shows(page, visitors)
        expect(page).to_have_url(re.compile(rf"period={address}\b"))
        stats = api.get(f"/sites/shop/stats?period={address}")
        assert stats["visitors"] == visitors
        page.keyboard.press("l")
        past.shows(1)
        page.keyboard.press(key)
        shows(page, visitors)
        page.reload()
        shows(page, visitors)
    page.go_back()
    past.shows(1)


def test_filters_lists_and_properties(past: Dashboard) -> None:
    page = past.open("/sites/shop?period=30d").page
    shows(page, 29 * 2 + 14 + 1)
    assert past.rows("pages") == ["/cups 58", "/tea 44"]
    page.get_by_label("List: Pages").select_option("Entry pages")
    assert past.rows("entry-pages") == ["/tea 44", "/cups 29"]
    past.choose("entry-pages", "/tea")
    shows(page, 44)
    page.keyboard.press("x")
    past.choose("sources", "Google")
    shows(page, 14)
    expect(page.get_by_test_id("events")).to_be_empty()
    page.keyboard.press("x")
    past.choose("events", "signup")
    shows(page, 29)
    assert past.rows("properties") == ["plan: free 22", "plan: pro 7"]
    past.choose("entry-pages", "/tea")
    page.keyboard.press("l")
    # Now there is no entry page, and nobody signed up.
    expect(past.chips).to_contain_text(["Event signup"])
    expect(past.chips).to_have_count(1)
    past.shows(0)
    page.keyboard.press("x")
    past.shows(1)


def test_a_custom_period(past: Dashboard) -> None:
    page = past.open("/sites/shop").page
    choose(page, "Custom")
    expect(page.get_by_test_id("current-visitors")).to_be_visible()
    page.get_by_label("From", exact=True).fill("2001-01-01")
    page.get_by_label("To", exact=True).fill("2001-01-31")
    shows(page, 0)
    expect(page).to_have_url(re.compile("period=custom&from=2001-01-01&to=2001-01-31"))
    page.reload()
    expect(page.get_by_label("From", exact=True)).to_have_value("2001-01-01")


def test_the_chart_tells_its_values_to_pointer_and_keys(past: Dashboard) -> None:
    page = past.open("/sites/shop?period=7d").page
    shows(page, 6 * 2 + 3 + 1)
    plane = page.get_by_role("group", name=re.compile("arrow keys"))
    plane.focus()
    page.keyboard.press("End")
    readout = page.get_by_test_id("readout")
    expect(readout).to_contain_text("so far")
    expect(readout).to_contain_text("1 visitor")
    page.keyboard.press("ArrowLeft")
    expect(readout).to_contain_text("2 visitors (3 before), 2 visits, 3 page views")
    page.keyboard.press("Escape")
    expect(readout).to_have_count(0)
    plane.hover(position={"x": 3, "y": 20})
    expect(readout).to_contain_text("visitors")
    expect(page.locator(".footfall-series__bucket--running")).to_have_count(1)


def test_exports_open_in_pandas(past: Dashboard, tmp_path: Path) -> None:
    page = past.open("/sites/shop?period=30d&country=US").page
    shows(page, 29 + 14)
    for name, read in (("CSV", pd.read_csv), ("Parquet", pd.read_parquet)):
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        frame = read(path)
        assert set(frame["country"]) == {"US"}
        assert frame["visitor"].nunique() == 29 + 14
        assert pd.to_datetime(frame["time"]).is_monotonic_increasing
        assert list(frame["type"].unique()) == ["pageview"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(past: Dashboard, scheme: str) -> None:
    past.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = past.open("/sites/shop?period=30d&event=signup").page
    shows(page, 29)
    assert violations(page) == []


def test_a_share_link_shows_the_past_only_where_the_owner_says_so(
    api: Api, host: Footfall, new_visitor: Callable[..., BrowserContext]
) -> None:
    token = api.post("/tokens", {"scope": "read", "siteId": "shop"})["secret"]
    reader = Dashboard(new_visitor().new_page(), host.url)
    reader.open(f"/sites/shop#token={token}").shows(1)
    expect(reader.page.get_by_role("radio", name="Today")).to_have_count(0)
    reader.open(f"/sites/shop?period=30d#token={token}")
    expect(reader.page.get_by_role("alert")).to_contain_text("publicHistory", timeout=SOON)
    expect(reader.page.get_by_test_id("total-visitors")).to_have_count(0)


def test_days_that_another_product_counted_are_marked(past: Dashboard) -> None:
    day = counted_elsewhere()
    past.open(f"/sites/shop?period=custom&from={day}&to={day}")
    shows(past.page, 7)
    note = past.page.get_by_test_id("imported")
    expect(note).to_contain_text("With daily totals imported from Plausible")
    past.open(f"/sites/shop?period=custom&from={day}&to={day}&country=DE")
    shows(past.page, 0)
    expect(note).to_contain_text("can't be filtered")

"""What people do on the dashboard: filter, read lists, show it on a TV, switch sites."""

from playwright.sync_api import expect

from tests.e2e.browsers import IPHONE
from tests.e2e.dashboard import Dashboard
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall
from tests.e2e.traffic import AMERICAN, GERMAN, Traffic

DIGITS = """() => [...document.querySelectorAll(".hero .footfall-number__column")].map((column) => {
  const { transform, fontSize } = getComputedStyle(column);
  const lines = -new DOMMatrix(transform).m42 / parseFloat(fontSize);
  return Math.abs(lines - Math.round(lines)) < 0.01 ? Math.round(lines) : "moving";
}).join("")"""
"""The digits that the counter shows, read from the positions of its columns."""


def test_choosing_a_row_filters_everything_and_changes_the_address(
    dashboard: Dashboard, traffic: Traffic
) -> None:
    traffic.view("/tea", ip=GERMAN, ua=IPHONE)
    traffic.view("/docs/cups", ip=AMERICAN)
    traffic.view("/docs/pots", ip="8.8.4.4")
    dashboard.open("/sites/shop").shows(3)
    page = dashboard.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Tea & Co")
    expect(page).to_have_title("3 · Tea & Co · Footfall")

    dashboard.choose("locations", "Germany")
    dashboard.shows(1)
    assert page.url.endswith("/sites/shop?country=DE")
    expect(dashboard.chips).to_contain_text(["Country Germany"])
    expect(page.get_by_test_id("active-pages").get_by_role("listitem")).to_have_count(1)
    assert dashboard.rows("active-pages") == ["/tea 1"]
    assert dashboard.rows("devices") == ["Mobile 1"]
    expect(page.get_by_test_id("page-views")).to_have_text("1")
    expect(page.get_by_test_id("feed").get_by_role("listitem")).to_have_count(1)

    page.go_back()
    dashboard.shows(3)
    row = dashboard.row("devices", "Desktop").get_by_role("button")
    row.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    dashboard.shows(2)

    page.keyboard.press("/")
    page.keyboard.type("docs/p*")
    page.keyboard.press("Enter")
    dashboard.shows(1)
    page.reload()
    dashboard.shows(1)
    expect(dashboard.chips).to_contain_text(["Page /docs/p*", "Device Desktop"])
    page.keyboard.press("/")
    page.keyboard.type("/docs*")
    page.keyboard.press("Enter")
    dashboard.shows(2)
    expect(dashboard.chips).to_contain_text(["Page /docs*", "Device Desktop"])
    dashboard.chips.first.click()
    dashboard.shows(2)
    page.keyboard.press("x")
    dashboard.shows(3)
    assert page.url.endswith("/sites/shop")


def test_a_chosen_row_keeps_the_rows_beside_it(dashboard: Dashboard, traffic: Traffic) -> None:
    traffic.view("/tea", ip=GERMAN, ua=IPHONE)
    traffic.view("/cups", ip=AMERICAN)
    page = dashboard.open("/sites/shop").page
    dashboard.choose("locations", "Germany")
    dashboard.shows(1)
    expect(dashboard.row("locations", "United States")).to_be_visible()
    assert dashboard.rows("devices") == ["Mobile 1"]
    dashboard.choose("locations", "United States")
    dashboard.shows(1)
    expect(dashboard.chips).to_contain_text(["Country United States"])
    dashboard.choose("devices", "Desktop")
    expect(dashboard.chips).to_contain_text(["Country United States", "Device Desktop"])
    expect(page.get_by_test_id("locations").get_by_role("listitem")).to_have_count(1)

    dashboard.open("/sites/shop?country=DE&device=desktop")
    expect(page.get_by_test_id("nothing")).to_contain_text("No visits match Germany + Desktop.")
    expect(page.get_by_test_id("active-pages")).to_have_count(0)
    page.get_by_test_id("nothing").get_by_role("button", name="Clear all").click()
    dashboard.shows(2)


def test_events_and_goals_filter_by_who_did_it(
    dashboard: Dashboard, traffic: Traffic, api: Api
) -> None:
    api.post("/sites/shop/goals", {"name": "Bought", "kind": "path", "value": "/thanks"})
    traffic.view("/tea", ip=GERMAN, ua=IPHONE)
    traffic.view("/tea", ip=AMERICAN)
    traffic.view("/cups")
    traffic.view("/thanks", ip=GERMAN, ua=IPHONE)
    traffic.view("/cups", ip=GERMAN, ua=IPHONE)
    traffic.send([{"e": "event", "p": {"name": "signup"}, "ip": AMERICAN}])
    page = dashboard.open("/sites/shop").page
    dashboard.shows(3)
    dashboard.choose("goals", "Bought")
    dashboard.shows(1)
    expect(dashboard.chips).to_contain_text(["Goal Bought"])
    assert dashboard.rows("active-pages") == ["/cups 1"]
    assert dashboard.rows("locations") == ["Germany 1"]
    expect(page.get_by_test_id("past")).to_contain_text("33.3% of 3 visitors")
    page.keyboard.press("x")
    dashboard.shows(3)
    page.get_by_test_id("feed").get_by_role("button", name="signup").click()
    expect(dashboard.chips).to_contain_text(["Event signup"])
    dashboard.shows(1)
    assert page.url.endswith("/sites/shop?event=signup")


def test_all_rows_of_a_list_can_be_searched(dashboard: Dashboard, traffic: Traffic) -> None:
    for number in range(14):
        traffic.view(f"/docs/{number}")
    page = dashboard.open("/sites/shop").page
    page.get_by_role("button", name="14 total").click()
    sheet = page.get_by_role("dialog", name="Active pages")
    expect(sheet.get_by_role("listitem")).to_have_count(14)
    sheet.get_by_label("Search active pages").fill("cs/13")
    expect(sheet.get_by_role("listitem")).to_have_count(1)
    sheet.get_by_role("button", name="/docs/13").click()
    dashboard.shows(1)
    assert page.url.endswith("?path=%2Fdocs%2F13")


def test_the_minutes_are_read_by_pointer_and_keys(dashboard: Dashboard, traffic: Traffic) -> None:
    traffic.view("/tea", ip=GERMAN)
    traffic.view("/cups", ip=GERMAN)
    page = dashboard.open("/sites/shop").page
    dashboard.shows(1)
    minutes = page.get_by_role("group", name="Minutes; use the arrow keys to read each")
    minutes.focus()
    page.keyboard.press("End")
    expect(page.get_by_test_id("minute")).to_contain_text("so far 1 visitor")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("minute")).to_have_count(0)
    minutes.hover()
    expect(page.get_by_test_id("minute")).to_contain_text("0 visitors, 0 page views")


def test_rolling_digits_stop_at_the_number(dashboard: Dashboard, traffic: Traffic) -> None:
    page = dashboard.open("/sites/shop").page
    for visitors in range(1, 13):
        traffic.view("/tea")
        dashboard.shows(visitors)
    page.wait_for_function(f"() => ({DIGITS})() === '12'")
    copied = page.evaluate(
        """() => {
          getSelection().selectAllChildren(document.querySelector(".footfall-counter"));
          return getSelection().toString();
        }"""
    )
    assert copied.split() == ["12", "visitors", "in", "the", "last", "5", "minutes"]


def test_tv_mode_fills_the_screen_and_shows_a_large_number(
    dashboard: Dashboard, traffic: Traffic
) -> None:
    for _ in range(12):
        traffic.view("/tea")
    page = dashboard.page
    page.set_viewport_size({"width": 3840, "height": 2160})
    dashboard.open("/sites/shop").shows(12)
    page.keyboard.press("f")

    expect(page).to_have_url(f"{dashboard.url}/sites/shop?tv=1")
    number = page.locator(".footfall-counter__number").bounding_box()
    assert number is not None
    assert number["height"] > 400
    feed = page.locator(".feed").bounding_box()
    assert feed is not None
    assert 3700 < feed["x"] + feed["width"] < 3840
    assert 2050 < feed["y"] + feed["height"] < 2160
    overflow = page.evaluate("document.documentElement.scrollHeight > innerHeight")
    assert not overflow
    page.keyboard.press("f")
    expect(page).to_have_url(f"{dashboard.url}/sites/shop")
    dashboard.open("/sites/shop?tv=1").shows(12)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{dashboard.url}/sites/shop")
    dashboard.open("/sites/shop?tv=1").shows(12)
    page.mouse.move(100, 100)
    page.get_by_role("button", name="Leave full screen").click()
    expect(page).to_have_url(f"{dashboard.url}/sites/shop")


def test_tv_mode_of_all_sites_fills_the_screen_and_cuts_none_off(
    dashboard: Dashboard, traffic: Traffic, server: Footfall, api: Api
) -> None:
    traffic.view("/tea")
    for number in range(6):
        api.post("/sites", {"id": f"site-{number}", "name": f"Site {number}", "public": True})
        Traffic(server, api, f"site-{number}").view("/")
    page = dashboard.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    dashboard.open("/?tv=1")
    tiles = page.locator("[data-site]")
    expect(tiles).to_have_count(7)
    boxes = [box for tile in tiles.all() if (box := tile.bounding_box())]
    assert len({round(box["width"]) for box in boxes}) == 1
    assert 1800 < max(box["x"] + box["width"] for box in boxes) < 1920
    assert 1000 < max(box["y"] + box["height"] for box in boxes) < 1080
    expect(page.locator("[data-site=shop]").get_by_test_id("site-visitors")).to_have_text("1")


def test_a_viewer_of_public_sites_can_sign_in(
    dashboard: Dashboard, traffic: Traffic, api: Api
) -> None:
    traffic.view("/tea")
    api.post("/sites", {"id": "inner", "name": "Inner"})
    page = dashboard.open("/").page
    expect(page).to_have_url(f"{dashboard.url}/sites/shop")  # there is no other
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Back").click()
    dashboard.shows(1)
    page.get_by_role("link", name="All sites").click()
    expect(page.locator("[data-site]")).to_have_count(1)
    page.get_by_role("button", name="Sign in").click()
    dashboard.sign_in(ADMIN_TOKEN)
    expect(page.get_by_test_id("idle").get_by_role("link")).to_have_text("Inner")
    expect(page).to_have_url(f"{dashboard.url}/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("[data-site]")).to_have_count(1)
    expect(page.get_by_test_id("idle")).to_have_count(0)


def test_the_wall_has_the_busiest_and_the_pinned_first(
    dashboard: Dashboard, traffic: Traffic, server: Footfall, api: Api
) -> None:
    traffic.view("/tea")
    traffic.view("/tea", ip=GERMAN)
    for number in (2, 10):
        api.post("/sites", {"id": f"site-{number}", "name": f"Site {number}", "public": True})
        Traffic(server, api, f"site-{number}").view("/")
    page = dashboard.open("/").page
    expect(page.locator("[data-site] h2")).to_have_text(["Tea & Co", "Site 2", "Site 10"])
    expect(page.get_by_test_id("total")).to_have_text("4 visitors in the last 5 minutes")
    page.get_by_role("button", name="Pin Site 10").click()
    expect(page.locator("[data-site] h2")).to_have_text(["Site 10", "Tea & Co", "Site 2"])
    page.reload()
    expect(page.locator("[data-site] h2")).to_have_text(["Site 10", "Tea & Co", "Site 2"])
    page.get_by_role("link", name="Site 2").click()
    page.get_by_role("button", name="Site 2").click()
    page.get_by_role("dialog", name="Switch site").get_by_role("link", name="Tea & Co").click()
    expect(page).to_have_url(f"{dashboard.url}/sites/shop")


def test_keyboard_shortcuts_work_and_are_listed_on_a_sheet(
    dashboard: Dashboard, traffic: Traffic
) -> None:
    traffic.view()
    dashboard.open("/sites/shop").shows(1)
    page = dashboard.page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Pause the activity")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("4")
    expect(page.get_by_role("radio", name="30 min")).to_be_checked()
    for theme in ("light", "dark", "system"):
        page.keyboard.press("d")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)

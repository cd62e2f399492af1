"""The visit behind a row: where it came from, what happened, and that it goes on."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.e2e.browsers import IPHONE
from tests.e2e.dashboard import Dashboard
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall
from tests.e2e.traffic import AMERICAN, GERMAN, Traffic

NewVisitor = Callable[..., BrowserContext]
WHO = {"ip": GERMAN, "ua": IPHONE}


def test_a_row_of_the_activity_opens_its_visit_which_goes_on(
    dashboard: Dashboard, server: Footfall, api: Api
) -> None:
    api.post("/sites", {"id": "shop", "name": "Tea & Co"})
    api.post("/sites/shop/goals", {"name": "Thanked", "kind": "path", "value": "/thanks"})
    traffic = Traffic(server, api, "shop")
    traffic.view("/tea", r="https://www.google.com/", t="Tea", sid="one", **WHO)
    traffic.view("/elsewhere", ip=AMERICAN)
    page = dashboard.open("/sites/shop").page
    dashboard.sign_in(ADMIN_TOKEN)
    dashboard.shows(2)
    page.get_by_test_id("feed").get_by_role("button", name="/tea").click()
    visit = page.get_by_test_id("visit")
    expect(visit).to_contain_text("Google")
    expect(visit).to_contain_text("Germany")
    expect(visit).to_contain_text("Mobile, Safari on iOS")
    expect(page.get_by_test_id("visit-state")).to_have_text("Here now")
    stops = page.get_by_test_id("story").locator("> li")
    expect(stops).to_have_count(1)
    expect(page.get_by_test_id("feed")).to_have_count(0)

    traffic.view("/thanks", t="Thanks", sid="one", **WHO)
    expect(stops).to_have_count(2)
    expect(stops.last).to_contain_text("Thanked")
    traffic.send([{"e": "leave", "u": "https://shop.example/thanks", "sid": "one", **WHO}])
    expect(page.get_by_test_id("visit-state")).to_contain_text("Left")

    stops.last.get_by_role("button", name="/thanks").click()
    expect(dashboard.chips).to_contain_text(["Page /thanks"])
    page.get_by_role("button", name="Back to the activity").click()
    expect(page.get_by_test_id("feed")).to_be_visible()


def test_who_is_here_is_a_list(dashboard: Dashboard, server: Footfall, api: Api) -> None:
    api.post("/sites", {"id": "shop", "name": "Tea & Co"})
    traffic = Traffic(server, api, "shop")
    traffic.view("/tea", sid="one", **WHO)
    traffic.view("/gone", ip=AMERICAN)
    page = dashboard.open("/sites/shop").page
    dashboard.sign_in(ADMIN_TOKEN)
    dashboard.shows(2)
    page.get_by_role("button", name="active now").click()
    present = page.get_by_test_id("present").get_by_role("listitem")
    expect(present).to_have_count(1)
    expect(present).to_contain_text("Germany · Mobile · 1 page view")
    present.get_by_role("button").click()
    expect(page.get_by_test_id("visit-state")).to_have_text("Here now")


def test_strangers_of_a_public_site_open_visits_only_where_its_owner_allows_it(
    dashboard: Dashboard, traffic: Traffic, api: Api
) -> None:
    traffic.view("/tea", sid="one", **WHO)
    page = dashboard.open("/sites/shop").page
    dashboard.shows(1)
    assert page.get_by_role("button", name="active now").count() == 0
    page.get_by_test_id("feed").get_by_role("button", name="/tea").click()
    expect(dashboard.chips).to_contain_text(["Page /tea"])
    assert page.get_by_test_id("visit").count() == 0

    api.patch("/sites/shop", {"publicVisits": True})
    dashboard.open("/sites/shop").shows(1)
    expect(page.get_by_role("button", name="active now")).to_be_visible()
    page.get_by_test_id("feed").get_by_role("button", name="/tea").click()
    expect(page.get_by_test_id("visit-state")).to_have_text("Here now")

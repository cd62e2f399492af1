"""What lies behind the live numbers, on the page: for whom its owner allows it."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from footfall.engines.sqlite.catalog import SqliteCatalog
from footfall.engines.sqlite.minutes import SqliteMinutes
from footfall.model import MinuteCounts
from tests.e2e.dashboard import Dashboard
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall
from tests.e2e.traffic import Traffic

FORTNIGHT = 14 * 1_440


# 15:00 UTC is midnight in Tokyo: in the first minute of a day there is no peak yet.
ZONE = "Europe/Berlin" if time.gmtime().tm_hour == 15 else "Asia/Tokyo"
PAST = "usually 40 · today\N{RIGHT SINGLE QUOTATION MARK}s peak 40"


def keep(store: Path, minutes: list[MinuteCounts]) -> None:
    """As a server would have done that ran for long."""

    async def put() -> None:
        catalog = SqliteCatalog(store)
        await SqliteMinutes(catalog.worker).put({"shop": minutes})
        await catalog.close()

    with ThreadPoolExecutor() as thread:  # this one has the loop of the browser's driver
        thread.submit(lambda: asyncio.run(put())).result()


def test_the_page_says_what_is_usual_to_whom_the_owner_allows_it(
    dashboard: Dashboard,
    traffic: Traffic,
    server: Footfall,
    api: Api,
    tmp_path: Path,
    new_visitor: Callable[..., BrowserContext],
) -> None:
    now = int(time.time()) // 60
    past = [MinuteCounts(each, 40, 9, 12, 20) for each in range(now - FORTNIGHT - 90, now)]
    keep(tmp_path / "footfall.db", past)
    traffic.view("/tea")

    stranger = Dashboard(new_visitor().new_page(), server.url).open("/sites/shop")
    stranger.shows(1)
    expect(stranger.page.get_by_test_id("past")).to_have_count(0)

    page = dashboard.open("/sites/shop?page=settings").page
    dashboard.sign_in(ADMIN_TOKEN)
    form = page.get_by_role("region", name="Site", exact=True)
    form.get_by_label("Share history").check()
    form.get_by_label("Time zone").select_option(ZONE)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text("Saved")
    site = api.get("/sites/shop")
    assert (site["publicHistory"], site["timeZone"]) == (True, ZONE)

    for viewer in (stranger, dashboard):
        viewer.open("/sites/shop").shows(1)
        expect(viewer.page.get_by_test_id("past")).to_have_text(PAST)
        expect(viewer.page.locator(".footfall-chart__usual path")).to_be_attached()
    stranger.page.get_by_role("radio", name="30 min").check(force=True)
    expect(stranger.page.get_by_test_id("past")).to_have_count(0)

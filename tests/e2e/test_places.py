"""Regions and cities: what a proxy or a database says, now and in a report."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsers import WINDOWS
from tests.e2e.dashboard import Dashboard
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall, serving, until
from tests.mmdb import MUNICH, write_database


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    """It knows where 203.0.113.0/24 is by its database, and otherwise what Cloudflare says."""
    folder = tmp_path_factory.mktemp("store")
    database = folder / "places.mmdb"
    write_database(database, ("203.0.113.0/24", MUNICH))
    with serving(folder, "--geo-database", str(database), "--geo-headers", "cloudflare") as server:
        api = Api(server, ADMIN_TOKEN)
        api.post("/sites", {"id": "shop", "name": "Tea & Co", "public": True})
        view(server, "203.0.113.1")
        view(server, "203.0.113.2")
        view(server, "198.51.100.1", {"CF-IPCountry": "IT", "CF-IPCity": "Rome"})
        yield server


def view(server: Footfall, address: str, said: dict[str, str] | None = None) -> None:
    """By way of a proxy on this machine."""
    headers = {"user-agent": WINDOWS, "x-forwarded-for": address, **(said or {})}
    event = {"s": "shop", "e": "pageview", "u": "https://shop.example/"}
    answer = httpx.post(f"{server.url}/collect", json=event, headers=headers)
    assert (answer.status_code, answer.headers.get("footfall-dropped")) == (204, None)


def report(server: Footfall) -> dict[str, Any]:
    """Nothing while the archive's process starts."""
    answer = httpx.get(
        f"{server.url}/api/analytics/sites/shop/stats",
        headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
    )
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_and_the_report_have_them(host: Footfall) -> None:
    api = Api(host, ADMIN_TOKEN)
    until(lambda: report(host).get("visitors") == 3)  # its process has started
    for found in (api.get("/sites/shop/realtime"), report(host)):
        assert found["regions"] == [
            {"region": "Bavaria, DE", "visitors": 2},
            {"region": "(unknown)", "visitors": 1},
        ]
        assert found["cities"] == [
            {"city": "Munich, Bavaria, DE", "visitors": 2},
            {"city": "Rome, IT", "visitors": 1},
        ]
    for path in ("realtime", "stats"):
        filtered = api.get(f"/sites/shop/{path}?city=Rome, IT")
        assert filtered["locations"] == [{"country": "IT", "visitors": 1}]
        assert filtered["pageViews"] == 1


@pytest.mark.parametrize("period", ["", "?period=today"], ids=["live", "today"])
def test_the_card_of_countries_offers_them(host: Footfall, browser: Browser, period: str) -> None:
    page = browser.new_page()
    shop = Dashboard(page, host.url).open("/sites/shop?page=sign-in")
    shop.sign_in(ADMIN_TOKEN)
    shop.is_live()
    shop.open(f"/sites/shop{period}")
    page.get_by_label("List: Countries").select_option("Regions")
    expect(shop.row("regions", "Bavaria, DE")).to_be_visible()
    page.get_by_label("List: Regions").select_option("Cities")
    expect(page.get_by_test_id("cities").get_by_role("listitem")).to_have_count(2)
    shop.choose("cities", "Rome, IT")
    expect(shop.chips).to_have_text(["City Rome, IT, remove this filter"])
    expect(shop.row("pages" if period else "active-pages", "/")).to_contain_text("1")
    page.close()

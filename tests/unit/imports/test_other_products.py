"""Exports of other products: imported by the command, read from the reports of a server."""

import asyncio
import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from footfall.cli import main
from tests.serving import ADMIN, bearer, has_reports, new_app, running, until

DAY = "2026-01-0"
PLAUSIBLE: dict[str, tuple[str, list[str]]] = {
    "imported_visitors_20260101_20260103.csv": (
        "date,visitors,pageviews,bounces,visits,visit_duration",
        [f"{DAY}1,10,30,4,12,1200", f"{DAY}2,20,40,10,20,600", f"{DAY}3,1,1,1,1,0"],
    ),
    "imported_sources_20260101_20260103.csv": (
        "date,source,referrer,utm_source,utm_campaign,utm_medium,utm_content,utm_term,pageviews,"
        "visitors,visits,visit_duration,bounces",
        [
            f"{DAY}1,,,,,,,,10,4,5,10,1",
            f"{DAY}1,Google,google.com,,,,,,15,5,5,10,1",
            f"{DAY}2,Google,google.com,google,spring,cpc,,,5,2,2,10,1",
        ],
    ),
    "imported_pages_20260101_20260103.csv": (
        "date,hostname,page,visits,visitors,pageviews,total_scroll_depth,"
        "total_scroll_depth_visits,total_time_on_page,total_time_on_page_visits",
        [f"{DAY}1,shop.example,/tea,9,8,20,1,1,1,1", f'{DAY}1,shop.example,"/a,b",2,2,10,1,1,1,1'],
    ),
    "imported_entry_pages_20260101_20260103.csv": (
        "date,entry_page,visitors,entrances,visit_duration,bounces,pageviews",
        [f"{DAY}1,/tea,8,9,100,2,20"],
    ),
    "imported_exit_pages_20260101_20260103.csv": (
        "date,exit_page,visitors,visit_duration,exits,bounces,pageviews",
        [f"{DAY}1,/tea,8,100,7,2,20"],
    ),
    "imported_locations_20260101_20260103.csv": (
        "date,country,region,city,visitors,visits,visit_duration,bounces,pageviews",
        [f"{DAY}1,DE,DE-BE,2950159,6,7,100,2,20", f"{DAY}1,,,,4,5,100,2,10"],
    ),
    "imported_devices_20260101_20260103.csv": (
        "date,device,visitors,visits,visit_duration,bounces,pageviews",
        [f"{DAY}1,Laptop,6,7,100,2,20", f"{DAY}1,Desktop,1,1,1,1,1", f"{DAY}1,Mobile,3,4,1,1,1"],
    ),
    "imported_browsers_20260101_20260103.csv": (
        "date,browser,browser_version,visitors,visits,visit_duration,bounces,pageviews",
        [f"{DAY}1,Chrome,120,6,7,100,2,20", f"{DAY}1,Chrome,121,1,1,1,1,1"],
    ),
    "imported_operating_systems_20260101_20260103.csv": (
        "date,operating_system,operating_system_version,visitors,visits,visit_duration,bounces,"
        "pageviews",
        [f"{DAY}1,Mac,14,6,7,100,2,20"],
    ),
    "imported_custom_events_20260101_20260103.csv": (
        "date,name,link_url,path,visitors,events",
        [f"{DAY}1,signup,,,3,4"],
    ),
}
UMAMI = (
    *("website_id", "session_id", "visit_id", "event_id", "hostname", "browser", "os", "device"),
    *("screen", "language", "country", "url_path", "url_query", "referrer_path"),
    *("referrer_domain", "page_title", "event_type", "event_name", "created_at"),
)
MAC: dict[str, object] = {
    "hostname": "shop.example",
    "browser": "ios",
    "os": "Mac OS",
    "device": "laptop",
    "country": "DE",
    "event_type": 1,
}


class Shop:
    """A site with an archive, on a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = f"sqlite:///{folder / 'footfall.db'}"

    def run(self, *command: str, code: int = 0) -> str:
        result: Result = CliRunner().invoke(main, [*command, "--store", self.store])
        assert result.exit_code == code, result.output
        return result.output

    def bring(self, file: Path, product: str, code: int = 0) -> str:
        return self.run("import", str(file), "--site", "shop", "--format", product, code=code)

    def zip(self, name: str, files: Mapping[str, str]) -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w") as archive:
            for each, text in files.items():
                archive.writestr(each, text)
        return path

    def stats(self, **query: str) -> dict[str, Any]:
        """The report. The commands have an event loop of their own, so this has too."""
        return asyncio.run(self._stats(query))

    async def _stats(self, query: Mapping[str, str]) -> dict[str, Any]:
        app = new_app(store=self.store, admin_token=ADMIN, history=True)
        async with running(app):
            await until(partial(has_reports, app))
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://localhost:8000"
            ) as client:
                answer = await client.get(
                    "/api/analytics/sites/shop/stats", params=query, headers=bearer(ADMIN)
                )
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = Shop(tmp_path)
    found.run("site", "add", "shop", "--time-zone", "Europe/Berlin")
    found.run("goal", "add", "Signup", "--site", "shop", "--event", "signup")
    found.run("goal", "add", "Tea", "--site", "shop", "--path", "/tea")
    return found


def plausible(shop: Shop) -> Path:
    texts = {name: "\n".join((head, *rows)) for name, (head, rows) in PLAUSIBLE.items()}
    return shop.zip("plausible.zip", texts)


def table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_the_daily_totals_of_plausible(shop: Shop) -> None:
    file = plausible(shop)
    assert "the totals of 3 days" in shop.bring(file, "plausible")
    assert "imported before" in shop.bring(file, "plausible")
    found = shop.stats(period="custom", **{"from": "2025-12-31", "to": "2026-01-02"})
    assert found["imported"] == {
        "from": "2026-01-01",
        "to": "2026-01-02",
        "provider": "Plausible",
        "counted": True,
    }
    assert (found["visitors"], found["visits"], found["pageViews"]) == (30, 32, 70)
    assert found["bounceRate"] == round(14 / 32, 4)
    assert found["visitSeconds"] == round(1800 / 32, 4)
    assert found["engagedSeconds"] == 0
    assert [each["visitors"] for each in found["series"]] == [0, 10, 20]
    assert found["sources"] == [
        {"source": "Google", "visitors": 7},
        {"source": "Direct", "visitors": 4},
    ]
    assert found["campaigns"] == [{"campaign": "spring", "visitors": 2}]
    assert found["pages"] == [
        {"path": "/tea", "visitors": 8, "pageViews": 20},
        {"path": "/a,b", "visitors": 2, "pageViews": 10},
    ]
    assert found["entryPages"] == [{"path": "/tea", "visits": 9}]
    assert found["exitPages"] == [{"path": "/tea", "visits": 7}]
    assert found["locations"][1] == {"country": "(unknown)", "visitors": 4}
    assert found["devices"][0] == {"device": "desktop", "visitors": 7}
    assert found["browsers"] == [{"browser": "Chrome", "visitors": 7}]
    assert found["operatingSystems"] == [{"os": "macOS", "visitors": 6}]
    assert found["events"] == [{"name": "signup", "count": 4, "visitors": 3}]
    assert [(each["name"], each["completions"]) for each in found["goals"]] == [
        ("Tea", 20),
        ("Signup", 4),
    ]


def test_totals_have_no_hours_and_no_combinations(shop: Shop) -> None:
    shop.bring(plausible(shop), "plausible")
    day = {"period": "custom", "from": "2026-01-01", "to": "2026-01-01"}
    hours = shop.stats(**day)
    assert (hours["interval"], hours["visitors"]) == ("hour", 10)
    assert {each["visitors"] for each in hours["series"]} == {0}
    filtered = shop.stats(country="DE", **day)
    assert (filtered["visitors"], filtered["pages"]) == (0, [])
    assert filtered["imported"]["counted"] is False
    later = shop.stats(
        period="custom", compare="previous", **{"from": "2026-01-03", "to": "2026-01-04"}
    )
    assert (later["visitors"], later["compared"]["visitors"]) == (1, 30)


def test_days_that_were_counted_here_are_left_out(shop: Shop) -> None:
    head = "date,visitors,pageviews,bounces,visits,visit_duration"
    future = shop.folder / "imported_visitors.csv"
    future.write_text(f"{head}\n{DAY}1,10,30,4,12,1200\n2099-01-01,5,5,5,5,5\n")
    assert "the totals of 1 days; 1 since" in shop.bring(future, "plausible")
    assert (shop.stats(period="all", interval="month"))["visitors"] == 10


def test_what_is_not_plausible_s_is_refused(shop: Shop) -> None:
    other = shop.zip("other.zip", {"notes.txt": "hello"})
    assert "no table of Plausible's" in shop.bring(other, "plausible", code=2)
    broken = shop.zip("broken.zip", {"imported_visitors.csv": "date,visitors\nyesterday,1\n"})
    assert "imported_visitors.csv, line 2" in shop.bring(broken, "plausible", code=2)
    assert not list(shop.folder.glob("footfall.history/site=*"))


def test_the_events_of_umami(shop: Shop) -> None:
    rows: list[dict[str, object]] = [
        {
            **MAC,
            "session_id": "anna",
            "event_id": "1",
            "url_path": "/tea",
            "url_query": "utm_source=newsletter&utm_campaign=spring",
            "page_title": "Tea, green",
            "created_at": "2026-01-01 10:00:00",
        },
        {
            **MAC,
            "session_id": "anna",
            "event_id": "2",
            "url_path": "/tea",
            "event_type": 2,
            "event_name": "signup",
            "created_at": "2026-01-01 10:02:00",
        },
        {
            **MAC,
            "session_id": "ben",
            "event_id": "3",
            "url_path": "/cups",
            "browser": "chrome",
            "os": "Windows 10",
            "device": "desktop",
            "country": "US",
            "referrer_domain": "google.com",
            "referrer_path": "/",
            "created_at": "2026-01-02 10:00:00",
        },
        {**MAC, "session_id": "x", "event_id": "4", "event_type": 5, "created_at": "2026-01-02"},
    ]
    properties = [
        {"event_id": "2", "data_key": "plan", "string_value": "pro"},
        {"event_id": "2", "data_key": "seats", "string_value": "", "number_value": "3.0000"},
    ]
    file = shop.zip(
        "umami.zip",
        {
            "website_event.csv": table(UMAMI, rows),
            "event_data.csv": table(
                ("event_id", "data_key", "string_value", "number_value"), properties
            ),
        },
    )
    assert "3 events, 1 unsupported" in shop.bring(file, "umami")
    period = {"period": "custom", "from": "2026-01-01", "to": "2026-01-02"}
    found = shop.stats(event="signup", **period)
    assert found["events"] == [{"name": "signup", "count": 1, "visitors": 1}]
    assert [(each["property"], each["value"]) for each in found["properties"]] == [
        ("plan", "pro"),
        ("seats", "3.0"),
    ]
    all_ = shop.stats(**period)
    assert all_["imported"] is None
    assert (all_["visitors"], all_["visits"], all_["pageViews"]) == (2, 2, 2)
    assert {each["source"] for each in all_["sources"]} == {"Google", "newsletter"}
    assert all_["campaigns"][1] == {"campaign": "spring", "visitors": 1}
    assert {each["browser"] for each in all_["browsers"]} == {"Chrome", "Safari"}
    assert {each["os"] for each in all_["operatingSystems"]} == {"Windows", "macOS"}
    assert all_["devices"] == [{"device": "desktop", "visitors": 2}]
    assert [each["name"] for each in all_["goals"]] == ["Signup", "Tea"]


def test_what_is_not_umami_s_is_refused(shop: Shop) -> None:
    assert "no website_event.csv" in shop.bring(shop.zip("a.zip", {"b.csv": ""}), "umami", code=2)
    row = {**MAC, "session_id": "a", "event_id": "1", "url_path": "/", "created_at": "now"}
    file = shop.zip("broken.zip", {"website_event.csv": table(UMAMI, [row])})
    assert "website_event.csv, line 2" in shop.bring(file, "umami", code=2)

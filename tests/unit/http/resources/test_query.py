"""``POST /api/v2/query``, as clients of Plausible's Stats API v2 use it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from footfall.app import Application
from footfall.model import Goal
from tests.serving import (
    ADMIN,
    OTHER,
    PRIVATE,
    PUBLIC,
    START,
    add_sites,
    add_token,
    bearer,
    has_reports,
    new_app,
    running,
    until,
)

GRAFANA = Path(__file__).parents[4] / "deploy" / "grafana" / "history.json"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNUP = Goal(id="signup", site_id=PRIVATE, name="Signup", kind="event", value="signup")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app() -> AsyncIterator[Application]:
    """One for all, since it has a process: Anna and Ben have visited."""
    async with running(new_app(admin_token=ADMIN, history=True)) as started:
        await add_sites(started)
        await started.services.catalog.put_goal(SIGNUP)
        await until(partial(has_reports, started))
        await visit(started)
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=bearer(ADMIN)
    ) as opened:
        yield opened


async def visit(app: Application) -> None:
    """Anna reads two pages and signs up; Ben comes from Google to one."""
    secret = await add_token(app, "write", PRIVATE)

    def event(path: str, at: int, ua: str, **fields: Any) -> dict[str, Any]:
        url = f"https://shop.example{path}"
        given = {"e": "pageview", "u": url, "ts": START - 60_000 + at, "ua": ua, **fields}
        return {"s": PRIVATE, "ip": "80.1.2.3", **given}

    signup = {"name": "signup", "plan": "pro"}
    body = [
        event("/", 0, DESKTOP),
        event("/docs", 20_000, DESKTOP),
        event("/docs", 30_000, DESKTOP, e="event", p=signup),
        event("/docs", 5_000, PHONE, r="https://www.google.com/"),
    ]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        answer = await client.post("/collect", json=body, headers=bearer(secret))
    assert answer.status_code == 204, answer.text


async def ask(client: httpx.AsyncClient, **body: Any) -> Any:
    given = {"site_id": PRIVATE, "metrics": ["visitors"], "date_range": "day", **body}
    answer = await client.post("/api/v2/query", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_totals_have_each_metric(client: httpx.AsyncClient) -> None:
    metrics = [
        "visitors",
        "visits",
        "pageviews",
        "events",
        "views_per_visit",
        "bounce_rate",
        "visit_duration",
    ]
    found = await ask(client, metrics=metrics)
    assert found["results"] == [{"dimensions": [], "metrics": [2, 2, 3, 4, 1.5, 50, 15]}]
    assert found["query"]["metrics"] == metrics
    stats = (await client.get(f"/api/analytics/sites/{PRIVATE}/stats")).json()
    assert (stats["visitors"], stats["visits"], stats["pageViews"]) == (2, 2, 3)
    assert (stats["bounceRate"], stats["visitSeconds"]) == (0.5, 15.0)


async def test_dimensions_order_and_pages(client: httpx.AsyncClient) -> None:
    by_page = {"dimensions": ["event:page"], "metrics": ["visitors", "percentage"]}
    found = await ask(client, **by_page, include={"total_rows": True, "imports": True})
    assert found["results"] == [
        {"dimensions": ["/docs"], "metrics": [2, 100.0]},
        {"dimensions": ["/"], "metrics": [1, 50.0]},
    ]
    assert found["meta"] == {
        "total_rows": 2,
        "imports_included": False,
        "imports_skip_reason": "unsupported_query",
    }
    found = await ask(
        client,
        **by_page,
        order_by=[["event:page", "asc"]],
        pagination={"limit": 1, "offset": 1},
    )
    assert [row["dimensions"] for row in found["results"]] == [["/docs"]]
    found = await ask(client, dimensions=["visit:source", "visit:device"])
    assert sorted(row["dimensions"] for row in found["results"]) == [
        ["Direct", "desktop"],
        ["Google", "mobile"],
    ]
    found = await ask(client, dimensions=["event:props:plan"], metrics=["events"])
    assert found["results"] == [{"dimensions": ["pro"], "metrics": [1]}]


async def test_time_has_labels(client: httpx.AsyncClient) -> None:
    found = await ask(
        client,
        date_range=["2026-09-19", "2026-09-22"],
        dimensions=["time:day"],
        include={"time_labels": True},
    )
    days = ["2026-09-19", "2026-09-20", "2026-09-21", "2026-09-22"]
    assert found["meta"]["time_labels"] == days
    assert found["results"] == [{"dimensions": ["2026-09-21"], "metrics": [2]}]


async def test_goals_have_a_rate(client: httpx.AsyncClient) -> None:
    found = await ask(
        client, dimensions=["event:goal"], metrics=["visitors", "events", "conversion_rate"]
    )
    assert found["results"] == [{"dimensions": ["Signup"], "metrics": [1, 1, 50.0]}]
    found = await ask(
        client, filters=[["is", "event:goal", ["Signup"]]], metrics=["conversion_rate"]
    )
    assert found["results"][0]["metrics"] == [50.0]


SIGNED_UP = ["is", "event:goal", ["Signup"]]
GOOGLE = ["is", "visit:source", ["Google"]]


@pytest.mark.parametrize(
    ("filters", "rate"),
    [
        ([SIGNED_UP, ["is_not", "event:page", ["/nowhere"]]], 50.0),
        ([SIGNED_UP, ["not", ["is", "event:page", ["/"]]]], 50.0),
        ([["is_not", "event:goal", ["Signup"]], ["is_not", "event:page", ["/"]]], 100.0),
        ([["and", [SIGNED_UP, ["is_not", "event:page", ["/"]]]]], 50.0),
        ([["and", [SIGNED_UP, ["not", GOOGLE]]]], 100.0),
        ([["or", [SIGNED_UP, GOOGLE]]], 100.0),
        ([["not", ["or", [["not", SIGNED_UP], GOOGLE]]]], 100.0),
        ([["not", ["and", [["not", SIGNED_UP], ["is", "event:page", ["/"]]]]]], 100.0),
        ([SIGNED_UP, ["is", "event:props:plan", ["pro"]]], 50.0),
        ([SIGNED_UP, ["is_not", "event:props:plan", ["free"]]], 50.0),
    ],
)
async def test_a_rate_has_the_same_whole_however_acts_are_asked_for(
    client: httpx.AsyncClient, filters: list[Any], rate: float
) -> None:
    """Anna, of two, signed up; Ben came from Google."""
    found = await ask(client, filters=filters, metrics=["visitors", "conversion_rate"])
    assert found["results"][0]["metrics"][1] == rate


@pytest.mark.parametrize(
    ("filters", "visitors"),
    [
        ([["is", "visit:source", ["Google"]]], 1),
        ([["is_not", "visit:source", ["Google"]]], 1),
        ([["contains", "event:page", ["oc"]]], 2),
        ([["matches", "event:page", ["^/$"]]], 1),
        ([["or", [["is", "event:page", ["/"]], ["is", "visit:device", ["mobile"]]]]], 2),
        ([["and", [["is", "event:page", ["/"]], ["is", "visit:device", ["mobile"]]]]], 0),
        ([["not", ["is", "visit:entry_page", ["/"]]]], 1),
        ([["is", "event:props:plan", ["pro", "free"]]], 1),
        ([["contains_not", "visit:browser", ["x'; DROP TABLE arrived; --", "{0}"]]], 2),
    ],
)
async def test_filters(client: httpx.AsyncClient, filters: list[Any], visitors: int) -> None:
    assert (await ask(client, filters=filters))["results"][0]["metrics"] == [visitors]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metrics": ["scroll_depth"]}, "metrics"),
        ({"metrics": []}, "metrics"),
        ({"date_range": "5y"}, "date_range"),
        ({"date_range": ["2026-01-01"]}, "date_range"),
        ({"date_range": ["2026-01-02", "2026-01-01"]}, "from"),
        ({"dimensions": ["visit:city"]}, "dimensions"),
        ({"dimensions": ["time:day", "time:hour"]}, "dimensions"),
        ({"filters": [["has_done", ["is", "event:goal", ["a"]]]]}, "filters"),
        ({"filters": [["is", "visit:city", ["Berlin"]]]}, "filters"),
        ({"filters": [["matches", "event:page", ["("]]]}, "filters"),
        ({"filters": [["is", "event:page", []]]}, "filters"),
        ({"order_by": [["visits", "desc"]]}, "order_by"),
        ({"pagination": {"limit": 0}}, "pagination"),
        ({"pagination": {"offset": 10**30}}, "pagination"),
        ({"metrics": ["visits"] * 7_000}, "metrics"),
        ({"metrics": ["visits", "visitors", "visits"]}, "metrics"),
        ({"dimensions": ["event:page", "event:page"]}, "dimensions"),
        ({"dimensions": [f"event:props:{number}" for number in range(11)]}, "dimensions"),
        ({"order_by": [["visitors", "asc"], ["visitors", "desc"]]}, "order_by"),
        ({"filters": [["is", "event:page", ["/"] * 501]]}, "filters"),
        ({"filters": [["matches", "event:page", ["^/[ab]*a[ab]{1000}$"]]]}, "filters"),
        ({"filters": [["matches", "event:page", ["a{200}"] * 6]]}, "filters"),
        ({"site_id": 3}, "site_id"),
    ],
)
async def test_what_is_not_there_is_said(
    client: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    body = {"site_id": PRIVATE, "metrics": ["visitors"], "date_range": "day", **change}
    answer = await client.post("/api/v2/query", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] == field


@pytest.mark.parametrize("pattern", ["(", "trailing \\", "\u00fc**"])
async def test_why_a_pattern_is_none_can_be_read(client: httpx.AsyncClient, pattern: str) -> None:
    body = {"site_id": PRIVATE, "metrics": ["visitors"], "date_range": "day"}
    filters = [["matches", "event:page", [pattern]]]
    answer = await client.post("/api/v2/query", json={**body, "filters": filters})
    assert answer.status_code == 400
    assert "is not an RE2 expression (" in answer.json()["error"]
    assert "b'" not in answer.json()["error"]


async def test_nothing_is_done_for_what_is_refused(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def table(*_arguments: object) -> None:
        pytest.fail("the archive was asked")

    monkeypatch.setattr(app.services.stats, "table", table)
    body = {"site_id": PRIVATE, "metrics": ["visits"] * 11, "date_range": "day"}
    assert (await client.post("/api/v2/query", json=body)).status_code == 400


async def test_who_may_ask(app: Application, client: httpx.AsyncClient) -> None:
    body = {"site_id": PRIVATE, "metrics": ["visitors"], "date_range": "day"}
    reader = bearer(await add_token(app, "read", None))
    assert (await client.post("/api/v2/query", json=body, headers=reader)).status_code == 200
    one = bearer(await add_token(app, "read", PRIVATE))
    assert (await client.post("/api/v2/query", json=body, headers=one)).status_code == 403
    other = {**body, "site_id": OTHER}
    assert (await client.post("/api/v2/query", json=other, headers=one)).status_code == 403
    client.headers.pop("authorization")
    assert (await client.post("/api/v2/query", json=body)).status_code == 401
    public = {**body, "site_id": PUBLIC}
    assert (await client.post("/api/v2/query", json=public)).status_code == 401
    assert (await client.post("/api/v2/query", json={**body, "site_id": "x"})).status_code == 404


async def test_what_the_grafana_dashboard_asks_has_answers(client: httpx.AsyncClient) -> None:
    """Each panel's query, with the variables that Grafana fills in, and each column of it."""
    dashboard = json.loads(GRAFANA.read_text())
    (sites,) = (each for each in dashboard["templating"]["list"] if each["name"] == "site")
    listed = (await client.get(sites["query"]["infinityQuery"]["url"])).json()
    assert PRIVATE in {each["id"] for each in listed}
    today = f"{datetime.fromtimestamp(START / 1000, UTC):%Y-%m-%d}"
    for panel in dashboard["panels"]:
        (target,) = panel["targets"]
        text = target["url_options"]["data"].replace("${site}", PRIVATE)
        text = text.replace("${__from:date:iso}", f"{today}T00:00:00.000Z")
        text = text.replace("${__to:date:iso}", f"{today}T23:59:59.999Z")
        answer = await client.post(target["url"], content=text)
        assert answer.status_code == 200, (panel["title"], answer.text)
        rows = answer.json()[target["root_selector"]]
        assert rows, panel["title"]
        for column in target["columns"]:
            name, place = column["selector"].split(".")
            assert all(int(place) < len(row[name]) for row in rows), panel["title"]

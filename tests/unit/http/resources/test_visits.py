"""Who is here, and the story of one visit."""

from typing import Any

import httpx
import pytest

from footfall.app import Application
from footfall.model import Goal
from tests.serving import ADMIN, PRIVATE, PUBLIC, START, Clock, add_token, bearer, until

VISITS = f"/api/analytics/sites/{PRIVATE}/visits"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
GERMAN = {"ip": "85.214.132.117", "ua": IPHONE}
OTHER = {"ip": "8.8.8.8", "ua": FIREFOX}


def at(seconds: int, path: str, who: dict[str, str], **fields: Any) -> dict[str, Any]:
    """An event so many seconds ago."""
    url = f"https://shop.example{path}"
    event = {"s": PRIVATE, "e": "pageview", "u": url, "ts": START - seconds * 1000, **who, **fields}
    return {"id": f"{path}-{seconds}", **event} if event["e"] not in ("ping", "leave") else event


STORY = [
    at(600, "/tea", GERMAN, t="Tea", r="https://www.google.com/", sid="one"),
    at(540, "/cups", GERMAN, t="Cups", sid="one"),
    at(530, "/cups", GERMAN, e="event", p={"name": "signup"}, sid="one"),
    at(500, "/thanks", GERMAN, t="Thanks", sid="one"),
    at(20, "/thanks", GERMAN, e="ping", sid="one"),
    at(100, "/", OTHER, t="Home", sid="two"),
    at(90, "/", OTHER, e="outbound", p={"url": "https://example.org/x"}, sid="two"),
    at(80, "/", OTHER, e="leave", sid="two"),
]


@pytest.fixture
async def told(app: Application, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Two visits, the first of which goes on; the caller reads the site."""
    await app.services.catalog.put_goal(
        Goal(id="g", site_id=PRIVATE, name="Thanked", kind="path", value="/thanks")
    )
    writer = bearer(await add_token(app, "write", PRIVATE))
    for events in (STORY, STORY[:2]):  # sent twice, they count once
        answer = await client.post("/collect", json=events, headers=writer)
        assert answer.status_code == 204
    client.headers.update(bearer(await add_token(app, "read", PRIVATE)))

    async def is_folded() -> bool:
        answer = await client.get(f"/api/analytics/sites/{PRIVATE}/realtime?minutes=30")
        return bool(answer.json()["currentVisitors"] == 2)

    await until(is_folded)
    return client


async def test_who_is_here(told: httpx.AsyncClient) -> None:
    (row,) = (await told.get(VISITS)).json()
    assert row == {
        "id": row["id"],
        "since": "2026-09-21T14:03:20Z",
        "last": "2026-09-21T14:13:00Z",
        "present": True,
        "pageViews": 3,
        "path": "/thanks",
        "title": "Thanks",
        "source": "Google",
        "campaign": None,
        "country": "DE",
        "region": None,
        "city": None,
        "device": "mobile",
        "browser": "Safari",
        "os": "iOS",
    }
    assert len(row["id"]) == 16


async def test_the_story_of_a_visit(told: httpx.AsyncClient) -> None:
    (row,) = (await told.get(VISITS)).json()
    visit = (await told.get(f"{VISITS}/{row['id']}")).json()
    events = visit.pop("events")
    assert visit == row
    assert [(each["type"], each["path"], each["timestamp"][11:19]) for each in events] == [
        ("pageview", "/tea", "14:03:20"),
        ("pageview", "/cups", "14:04:20"),
        ("event", "/cups", "14:04:30"),
        ("pageview", "/thanks", "14:05:00"),
        ("goal", "/thanks", "14:05:00"),
    ]
    assert events[0]["source"] == "Google"
    assert events[4]["name"] == "Thanked"


async def test_each_row_of_the_feed_leads_to_its_visit(told: httpx.AsyncClient) -> None:
    path = f"/api/analytics/sites/{PRIVATE}/realtime?minutes=30"
    feed = (await told.get(path)).json()["recentEvents"]
    assert len(feed) == 7
    found: dict[str, list[str]] = {}
    for row in feed:
        (visit,) = (await told.get(VISITS, params={"event": row["id"]})).json()
        found.setdefault(visit["id"], []).append(row["type"])
    assert sorted(map(len, found.values())) == [2, 5]
    over = next(visit for visit, rows in found.items() if len(rows) == 2)
    visit = (await told.get(f"{VISITS}/{over}")).json()
    assert (visit["present"], visit["last"], visit["source"]) == (
        False,
        "2026-09-21T14:12:00Z",
        "Direct",
    )
    assert visit["events"][-1]["url"] == "https://example.org/x"
    assert (await told.get(VISITS, params={"event": "nonesuch"})).json() == []


async def test_a_goal_is_tried_on_what_happened(told: httpx.AsyncClient, app: Application) -> None:
    path = f"/api/analytics/sites/{PRIVATE}/goals/trial"
    admin = bearer(await add_token(app, "admin", PRIVATE))
    for goal, matches in (
        ({"kind": "path", "value": "/cups"}, 1),
        ({"kind": "path", "match": "pattern", "value": "^/(tea|cups)$"}, 2),
        ({"kind": "path", "match": "contains", "value": "/"}, 4),
        ({"kind": "event", "value": "signup"}, 1),
        ({"kind": "event", "value": "nothing"}, 0),
    ):
        answer = await told.post(path, json=goal, headers=admin)
        assert answer.json() == {"matches": matches, "minutes": 30}, goal
    wrong = {"kind": "path", "match": "pattern", "value": "("}
    refused = await told.post(path, json=wrong, headers=admin)
    assert (refused.status_code, refused.json()["field"]) == (400, "value")


async def test_a_visit_ends_with_the_retention(told: httpx.AsyncClient, clock: Clock) -> None:
    (before,) = (await told.get(VISITS)).json()
    clock.now += 30 * 60_000 + 1000
    assert (await told.get(VISITS)).json() == []
    gone = await told.get(f"{VISITS}/{before['id']}")
    assert gone.status_code == 404
    assert "no such visit in the last 30 minutes" in gone.json()["error"]


async def test_on_a_public_site_only_if_its_owner_allows_it(
    client: httpx.AsyncClient, app: Application
) -> None:
    path = f"/api/analytics/sites/{PUBLIC}/visits"
    assert (await client.get(path)).status_code == 401
    reader = bearer(await add_token(app, "read", PUBLIC))
    assert (await client.get(path, headers=reader)).json() == []
    change = {"publicVisits": True}
    site = f"/api/analytics/sites/{PUBLIC}"
    changed = await client.patch(site, json=change, headers=bearer(ADMIN))
    assert changed.json()["publicVisits"] is True
    assert (await client.get(path)).json() == []
    other = bearer(await add_token(app, "read", PRIVATE))
    assert (await client.get(path, headers=other)).status_code == 200

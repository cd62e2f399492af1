"""Bodies as the trackers of ts-analytics post them: what counts, and what is dropped."""

import json
from typing import Any

import httpx
import pytest

from footfall.app import Application
from tests.serving import PUBLIC

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = {
    "s": PUBLIC,
    "sid": "k3j5x9q2",
    "u": "https://shop.example/pricing?plan=pro",
    "r": "https://www.google.com/",
    "t": "Pricing",
    "sw": 1440,
    "sh": 900,
}
SMALL = {**PAGE, "br": "Firefox", "p": {}}
"""The embedded script's, as JSON."""
LARGE = {**PAGE, "ts": 1_790_035_200_000}
"""The full tracker's, by beacon."""
COUNTED = {
    "page view": (SMALL | {"e": "pageview"}, "pageview", None),
    "outbound click": (
        SMALL | {"e": "outbound", "p": {"url": "https://other.example/"}},
        "outbound",
        None,
    ),
    "event of the script": (
        SMALL | {"e": "event", "p": {"name": "signup", "value": 3}},
        "event",
        "signup",
    ),
    "page view of the full tracker": (
        LARGE | {"e": "pageview", "r": None, "p": {"path": "/pricing", "title": "Pricing"}},
        "pageview",
        None,
    ),
    "event of the full tracker": (
        LARGE | {"e": "event", "en": "scroll_depth", "ec": "engagement", "ev": 50, "p": {"d": 50}},
        "event",
        "scroll_depth",
    ),
    "a name in both places": (
        LARGE | {"e": "event", "en": "outer", "p": {"name": "inner"}},
        "event",
        "inner",
    ),
}
DROPPED = (
    SMALL | {"e": "vitals", "p": {"metric": "LCP", "value": 812, "rating": "good"}},
    SMALL | {"e": "error", "p": {"message": "x is not defined", "line": 3, "stack": "at a.js"}},
    {"s": PUBLIC, "sid": "k", "e": "hm_click", "u": "/pricing", "p": {"x": 3}, "ts": 1},
    {"s": PUBLIC, "sid": "k", "e": "hm_move", "u": "/pricing", "p": {"points": [{"x": 1}]}},
    {"s": PUBLIC, "sid": "k", "e": "hm_scroll", "u": "/pricing", "p": {"depths": {"25": 1}}},
)


async def post(client: httpx.AsyncClient, body: object, path: str = "/collect") -> httpx.Response:
    headers = {"user-agent": BROWSER, "content-type": "text/plain;charset=UTF-8"}
    return await client.post(path, content=json.dumps(body), headers=headers)


async def feed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/sites/{PUBLIC}/realtime")
    rows: list[dict[str, Any]] = answer.json()["recentEvents"]
    return rows


@pytest.mark.parametrize(("body", "kind", "name"), COUNTED.values(), ids=COUNTED)
@pytest.mark.parametrize("path", ["/collect", "/t", "/api/analytics/t"])
async def test_what_they_send_counts(
    client: httpx.AsyncClient, body: dict[str, Any], kind: str, name: str | None, path: str
) -> None:
    answer = await post(client, body, path)
    assert (answer.status_code, answer.headers.get("footfall-dropped")) == (204, None)
    [row] = await feed(client)
    assert (row["type"], row.get("name"), row["path"]) == (kind, name, "/pricing")


async def test_other_types_are_dropped_and_counted(
    app: Application, client: httpx.AsyncClient
) -> None:
    for body in DROPPED:
        answer = await post(client, body)
        assert answer.status_code == 204
        assert answer.headers["footfall-dropped"] == "unsupported=1"
    answer = await post(client, [*DROPPED, SMALL | {"e": "pageview"}])
    assert answer.headers["footfall-dropped"] == "unsupported=5"
    assert len(await feed(client)) == 1
    assert b'reason="unsupported"} 10.0' in app.services.render_metrics()


async def test_an_event_of_any_type_needs_its_site(client: httpx.AsyncClient) -> None:
    assert (await post(client, {"s": "nowhere", "e": "vitals"})).status_code == 404

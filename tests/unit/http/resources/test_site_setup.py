from typing import Any

import httpx
import pytest

from footfall.app import Application
from tests.serving import PUBLIC

DROPS = f"/api/analytics/sites/{PUBLIC}/drops"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


async def collect(client: httpx.AsyncClient, url: str, **headers: str) -> None:
    event = {"s": PUBLIC, "e": "pageview", "u": url}
    answer = await client.post("/collect", json=event, headers=BROWSER | headers)
    assert answer.headers.get("footfall-dropped") is not None


async def test_an_admin_sees_what_was_dropped_and_why(
    client: httpx.AsyncClient, admin: httpx.AsyncClient, app: Application
) -> None:
    await admin.patch(f"/api/analytics/sites/{PUBLIC}", json={"domains": ["shop.example"]})
    authorization = admin.headers.pop("authorization")
    await collect(client, "http://localhost:8080/")
    await collect(client, "http://localhost:8080/tea")
    await collect(client, "https://shop.example/", origin="https://evil.example")
    await collect(client, "https://shop.example/", **{"user-agent": "curl/8.0"})
    await collect(client, "https://shop.example/", dnt="1")
    rows = (await admin.get(DROPS, headers={"authorization": authorization})).json()
    assert [(row["reason"], row["host"], row["count"]) for row in rows] == [
        ("do_not_track", None, 1),
        ("bot", None, 1),
        ("foreign_host", "evil.example", 1),
        ("foreign_host", "localhost", 2),
    ]
    assert rows[0]["last"] == "2026-09-21T14:13:20Z"


@pytest.mark.parametrize(
    ("body", "status"), [({"url": "x"}, 400), ({}, 400), ({"url": "http://169.254.169.254/"}, 200)]
)
async def test_a_page_is_checked_as_far_as_the_caller_could_go(
    admin: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    answer = await admin.post(f"/api/analytics/sites/{PUBLIC}/check", json=body)
    assert answer.status_code == status
    if status == 200:
        assert "not on the public internet" in answer.json()["problem"]

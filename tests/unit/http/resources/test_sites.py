import asyncio
from typing import Any

import httpx
import pytest

from footfall.app import Application
from footfall.model import Event, Site
from tests.serving import ADMIN, PRIVATE, PUBLIC, add_token, bearer, until

SITES = "/api/analytics/sites"


async def test_a_site_is_added_read_changed_and_removed(admin: httpx.AsyncClient) -> None:
    added = await admin.post(SITES, json={"id": "shop", "domains": ["Shop.Example", "bücher.de"]})
    assert added.status_code == 201
    assert added.headers["location"] == f"{SITES}/shop"
    assert added.json() == {
        "id": "shop",
        "name": "shop",
        "public": False,
        "publicHistory": False,
        "publicVisits": False,
        "timeZone": "UTC",
        "domains": ["shop.example", "xn--bcher-kva.de"],
        "aliases": [],
        "excludePaths": [],
        "excludeIps": [],
        "honourDnt": True,
    }
    changed = await admin.patch(f"{SITES}/shop", json={"public": True, "excludePaths": ["/admin*"]})
    assert changed.json() == {**added.json(), "public": True, "excludePaths": ["/admin*"]}
    assert (await admin.get(f"{SITES}/shop")).json() == {**changed.json(), "firstEvent": None}
    assert (await admin.delete(f"{SITES}/shop")).status_code == 204
    assert (await admin.get(f"{SITES}/shop")).status_code == 404


async def test_an_id_that_is_taken_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(SITES, json={"id": PRIVATE, "public": True})
    assert answer.status_code == 409
    assert "choose another id" in answer.json()["error"]
    assert (await admin.get(f"{SITES}/{PRIVATE}")).json()["public"] is False


async def test_a_name_of_another_site_is_refused_and_only_its_admins_hear_whose_it_is(
    admin: httpx.AsyncClient, app: Application
) -> None:
    """One site's admin must not capture the events of another that come from other scripts."""
    for site, domain in (("shop", "shop.example"), ("blog", "blog.example")):
        assert (await admin.post(SITES, json={"id": site, "domains": [domain]})).status_code == 201
    blogger = bearer(await add_token(app, "admin", "blog"))
    capture = {"aliases": ["other", "shop.example"]}
    refused = await admin.patch(f"{SITES}/blog", json=capture, headers=blogger)
    assert (refused.status_code, refused.json()["field"]) == (409, "aliases[1]")
    assert "'shop.example' is in use by another site" in refused.json()["error"]
    assert "'shop'" not in refused.json()["error"]
    told = await admin.patch(f"{SITES}/blog", json=capture)
    assert (told.status_code, told.json()["field"]) == (409, "aliases[1]")
    assert "the site 'shop'" in told.json()["error"]


async def test_a_site_from_before_whose_id_is_a_step_of_a_path_can_be_removed(
    admin: httpx.AsyncClient, app: Application
) -> None:
    await app.services.catalog.put_site(Site(id="..", name="Dots"))
    assert (await admin.delete(f"{SITES}/%2E%2E")).status_code == 204
    assert app.services.catalog.site("..") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "No Spaces"}, "id"),
        ({"id": ""}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"id": 7}, "id"),
        ({"id": "."}, "id"),
        ({"id": ".."}, "id"),
        ({"name": "\x00"}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"domains": ["https://shop.example"]}, "domains[0]"),
        ({"domains": ["a.example", "shop.example:8080"]}, "domains[1]"),
        ({"domains": ["a..b"]}, "domains[0]"),
        ({"aliases": ["fine", " "]}, "aliases[1]"),
        ({"domains": "shop.example"}, "domains"),
        ({"domains": ["a.example"] * 1001}, "domains"),
        ({"excludePaths": ["admin"]}, "excludePaths[0]"),
        ({"excludePaths": [f"/*{'a' * 1000}{number}/x" for number in range(4)]}, "excludePaths"),
        ({"excludeIps": ["10.0.0.0/33"]}, "excludeIps[0]"),
        ({"excludeIps": ["localhost"]}, "excludeIps[0]"),
        ({"public": "yes"}, "public"),
        ({"timeZone": "Berlin"}, "timeZone"),
        ({"timeZone": "../UTC"}, "timeZone"),
        ({"timeZone": "Europe"}, "timeZone"),
        ({"timeZone": ""}, "timeZone"),
        ({"colour": "red"}, None),
    ],
)
async def test_an_invalid_site_is_refused_with_its_field(
    admin: httpx.AsyncClient, change: dict[str, Any], field: str | None
) -> None:
    answer = await admin.post(SITES, json={"id": "shop", **change})
    assert answer.status_code == 400, answer.text
    assert answer.json().get("field") == field
    if "id" not in change:
        same = await admin.patch(f"{SITES}/{PRIVATE}", json=change)
        assert (same.status_code, same.json()) == (400, answer.json())
    assert {site["id"] for site in (await admin.get(SITES)).json()} >= {PRIVATE, PUBLIC}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"id": "a\\ud800"}', b"[" * 100_000],
)
async def test_a_malformed_body_is_refused(admin: httpx.AsyncClient, content: bytes) -> None:
    assert (await admin.post(SITES, content=content)).status_code in (400, 413)


async def test_a_large_body_is_refused(admin: httpx.AsyncClient, app: Application) -> None:
    content = b" " * (app.services.settings.max_body_bytes + 1)
    assert (await admin.post(SITES, content=content)).status_code == 413


async def test_the_id_of_a_site_can_not_be_changed(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch(f"{SITES}/{PRIVATE}", json={"id": "other"})
    assert answer.status_code == 400


async def test_admins_see_when_a_site_had_its_first_event(client: httpx.AsyncClient) -> None:
    site = f"{SITES}/{PUBLIC}"
    assert (await client.get(site, headers=bearer(ADMIN))).json()["firstEvent"] is None
    await visit(client)
    assert (await client.get(site, headers=bearer(ADMIN))).json()[
        "firstEvent"
    ] == "2026-09-21T14:13:20Z"
    assert "firstEvent" not in (await client.get(site)).json()


async def test_removing_a_site_removes_its_events(
    app: Application, client: httpx.AsyncClient
) -> None:
    assert await visit(client) == 204
    assert len(await stored(app, PUBLIC)) == 1
    removed = await client.delete(f"{SITES}/{PUBLIC}", headers=bearer(ADMIN))
    assert removed.status_code == 204
    assert await visit(client) == 404
    assert await stored(app, PUBLIC) == []


async def test_of_two_requests_that_add_one_site_one_succeeds(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(admin.post(SITES, json={"id": "shop", "name": name}) for name in ("One", "Two"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    winner = next(answer for answer in answers if answer.status_code == 201)
    assert (await admin.get(f"{SITES}/shop")).json()["name"] == winner.json()["name"]


async def test_changes_at_once_do_not_undo_each_other(admin: httpx.AsyncClient) -> None:
    changes: list[dict[str, Any]] = [
        {"name": "New"},
        {"public": True},
        {"domains": ["shop.example"]},
        {"excludePaths": ["/admin*"]},
        {"honourDnt": False},
        {"publicHistory": True},
        {"timeZone": "Asia/Kathmandu"},
    ]
    path = f"{SITES}/{PRIVATE}"
    answers = await asyncio.gather(*(admin.patch(path, json=change) for change in changes))
    assert [answer.status_code for answer in answers] == [200] * len(changes)
    site = (await admin.get(path)).json()
    assert [change for change in changes if not change.items() <= site.items()] == []


async def test_a_site_removed_and_added_again_by_another_process_at_once_shows_nothing_old(
    app: Application, client: httpx.AsyncClient
) -> None:
    """Between two refreshes of this server, so that it sees the site before and after."""
    realtime = f"{SITES}/{PUBLIC}/realtime"
    assert await visit(client) == 204
    assert (await client.get(realtime)).json()["pageViews"] == 1
    elsewhere = app.services.catalog._catalog
    await elsewhere.delete_site(PUBLIC)
    await elsewhere.put_site(Site(id=PUBLIC, name="Again", public=True))
    await app.services.catalog.refresh()
    assert (await client.get(realtime)).json()["pageViews"] == 0
    assert await visit(client) == 204

    async def shows_the_new_one() -> bool:
        return bool((await client.get(realtime)).json()["pageViews"] == 1)

    await until(shows_the_new_one)
    assert len(await stored(app, PUBLIC)) == 1


async def visit(client: httpx.AsyncClient) -> int:
    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
    browser = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
    return (await client.post("/collect", json=page, headers=browser)).status_code


async def stored(app: Application, site: str) -> list[Event]:
    log = app.services.event_log
    tail = await log.tail()
    await tail.aclose()
    return [event async for chunk in log.replay(site, 0, tail.start) for event in chunk]

import httpx
import pytest

from footfall.app import Application
from footfall.catalog.rules import MAX_TOKENS
from tests.serving import (
    OTHER,
    PRIVATE,
    PUBLIC,
    Clock,
    add_token,
    bearer,
    new_app,
    running,
)

TOKENS = "/api/analytics/tokens"
SHARED = {"scope": "read", "siteId": PRIVATE, "name": "Wall in the hall"}
REALTIME = f"/api/analytics/sites/{PRIVATE}/realtime"


async def test_a_token_is_created_used_listed_and_revoked(
    admin: httpx.AsyncClient, app: Application
) -> None:
    answer = await admin.post(TOKENS, json=SHARED)
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        **SHARED,
        "id": made["id"],
        "created": made["created"],
        "secret": made["secret"],
    }
    assert made["created"] == "2026-09-21T14:13:20Z"
    reader = bearer(made["secret"])
    assert (await admin.get(REALTIME, headers=reader)).status_code == 200

    listed = await admin.get(TOKENS)
    del made["secret"]
    assert listed.json() == [made]
    assert all(each.digest not in listed.text for each in app.services.catalog.tokens)

    assert answer.headers["location"] == f"{TOKENS}/{made['id']}"
    assert (await admin.delete(answer.headers["location"])).status_code == 204
    assert (await admin.get(REALTIME, headers=reader)).status_code == 401
    assert (await admin.delete(answer.headers["location"])).status_code == 404
    assert (await admin.get(TOKENS)).json() == []


async def test_the_last_admin_token_cannot_be_revoked(clock: Clock) -> None:
    async with running(new_app(clock)) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
            client.headers.update(bearer(await add_token(app, "admin", None)))
            only = f"{TOKENS}/admin-None"
            refused = await client.delete(only)
            assert refused.status_code == 403
            assert "last admin token" in refused.json()["error"]
            await client.post(TOKENS, json={"scope": "admin"})
            assert (await client.delete(only)).status_code == 204
            assert (await client.get(TOKENS)).status_code == 401


async def test_the_secret_is_shown_only_once(admin: httpx.AsyncClient) -> None:
    secret = (await admin.post(TOKENS, json=SHARED)).json()["secret"]
    answer = await admin.get(TOKENS)
    assert secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_an_admin_of_one_site_manages_only_its_tokens(
    client: httpx.AsyncClient, app: Application, secrets: dict[str, str]
) -> None:
    await add_token(app, "read", OTHER)
    client.headers.update(bearer(secrets["admin of one"]))
    listed = (await client.get(TOKENS)).json()
    assert {token["siteId"] for token in listed} == {PRIVATE}
    assert (await client.post(TOKENS, json=SHARED)).status_code == 201
    for site in (OTHER, None):
        refused = await client.post(TOKENS, json={"scope": "admin", "siteId": site})
        assert refused.status_code == 403
    assert (await client.delete(f"{TOKENS}/read-{OTHER}")).status_code == 403
    assert (await client.delete(f"{TOKENS}/read-None")).status_code == 403
    assert (await client.delete(f"{TOKENS}/read-{PRIVATE}")).status_code == 204


@pytest.mark.parametrize(
    ("token", "status", "field"),
    [
        ({"scope": "write"}, 400, "siteId"),
        ({"scope": "owner"}, 400, "scope"),
        ({}, 400, None),
        ({"scope": "read", "name": "a\nb"}, 400, "name"),
        ({"scope": "read", "name": "x" * 201}, 400, "name"),
        ({"scope": "read", "site": PUBLIC}, 400, None),
        ({"scope": "read", "siteId": "nowhere"}, 404, None),
    ],
)
async def test_an_invalid_token_is_refused(
    admin: httpx.AsyncClient, token: dict[str, str], status: int, field: str | None
) -> None:
    answer = await admin.post(TOKENS, json=token)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
    assert (await admin.get(TOKENS)).json() == []


async def test_tokens_of_a_site_are_limited(admin: httpx.AsyncClient) -> None:
    for _ in range(MAX_TOKENS):
        assert (await admin.post(TOKENS, json=SHARED)).status_code == 201
    refused = await admin.post(TOKENS, json=SHARED)
    assert refused.status_code == 400
    assert str(MAX_TOKENS) in refused.json()["error"]
    assert (await admin.post(TOKENS, json={"scope": "read"})).status_code == 201


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 401),
        ("write one", 403),
        ("read one", 403),
        ("read all", 403),
        ("admin of one", 200),
        ("admin", 200),
    ],
)
async def test_only_admins_manage_tokens(
    client: httpx.AsyncClient, secrets: dict[str, str], who: str, status: int
) -> None:
    headers = {} if who == "nobody" else bearer(secrets[who])
    assert (await client.get(TOKENS, headers=headers)).status_code == status
    if status != 200:
        assert (await client.post(TOKENS, json=SHARED, headers=headers)).status_code == status
        path = f"{TOKENS}/read-{PRIVATE}"
        assert (await client.delete(path, headers=headers)).status_code == status

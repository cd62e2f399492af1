"""The list of sessions, and how they are ended from elsewhere."""

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, OTHER, PRIVATE, add_token, bearer

SESSION = "/api/analytics/session"
SESSIONS = "/api/analytics/sessions"
SITE = f"/api/analytics/sites/{PRIVATE}"
OWN = {"origin": "http://footfall.test"}


async def sign_in(app: Application, secret: str) -> httpx.AsyncClient:
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("198.51.100.9", 1)),
        base_url="http://footfall.test",
        headers=OWN,
    )
    assert (await client.post(SESSION, json={"token": secret})).status_code == 200
    return client


@pytest.fixture
async def reader(app: Application, secrets: dict[str, str]) -> httpx.AsyncClient:
    """A browser that is signed in with a read token of ``PRIVATE``."""
    return await sign_in(app, secrets["read one"])


async def test_sessions_are_listed_without_secrets(
    app: Application, reader: httpx.AsyncClient
) -> None:
    owner = await sign_in(app, ADMIN)
    answer = await owner.get(SESSIONS)
    second, first = sorted(answer.json(), key=lambda each: str(each["scope"]))
    assert first == {
        "id": first["id"],
        "tokenId": f"read-{PRIVATE}",
        "tokenName": "",
        "scope": "read",
        "siteId": PRIVATE,
        "created": "2026-09-21T14:13:20Z",
        "expires": "2026-10-21T14:13:20Z",
        "current": False,
    }
    assert (second["tokenId"], second["scope"], second["current"]) == ("settings", "admin", True)
    for session in app.services.catalog.sessions:
        assert session.digest not in answer.text
        assert session.seal not in answer.text
    for client in (owner, reader):
        assert all(secret not in answer.text for secret in client.cookies.values())


async def test_an_ended_session_opens_nothing(
    admin: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    assert (await reader.get(SITE)).status_code == 200
    [session] = (await admin.get(SESSIONS)).json()
    assert (await admin.delete(f"{SESSIONS}/{session['id']}")).status_code == 204
    assert (await reader.get(SITE)).status_code == 401
    assert (await admin.delete(f"{SESSIONS}/{session['id']}")).status_code == 404


async def test_signing_out_everywhere_ends_all_sessions(
    app: Application, reader: httpx.AsyncClient
) -> None:
    owner, elsewhere = await sign_in(app, ADMIN), await sign_in(app, ADMIN)
    assert (await owner.delete(SESSIONS)).status_code == 204
    for client in (owner, elsewhere, reader):
        assert (await client.get(SITE)).status_code == 401


async def test_an_admin_of_one_site_manages_the_sessions_of_its_tokens(
    app: Application, client: httpx.AsyncClient, secrets: dict[str, str], reader: httpx.AsyncClient
) -> None:
    owner = await sign_in(app, ADMIN)
    other = await sign_in(app, await add_token(app, "read", OTHER))
    client.headers.update(bearer(secrets["admin of one"]))
    listed = (await client.get(SESSIONS)).json()
    assert {each["siteId"] for each in listed} == {PRIVATE}
    for foreign in (await owner.get(SESSIONS)).json():
        if foreign["siteId"] != PRIVATE:
            refused = await client.delete(f"{SESSIONS}/{foreign['id']}")
            assert refused.status_code == 404
    assert (await client.delete(SESSIONS)).status_code == 204
    assert (await reader.get(SITE)).status_code == 401
    assert (await owner.get(SITE)).status_code == 200
    assert (await other.get(f"/api/analytics/sites/{OTHER}")).status_code == 200

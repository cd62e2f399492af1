from pathlib import Path

import httpx
import pytest

from footfall.app import Application
from footfall.catalog.sessions import (
    LIFETIME_SECONDS,
    SECRET_LENGTH,
    new_session,
    new_session_secret,
)
from footfall.http.auth import session_cookie
from tests.serving import ADMIN, PRIVATE, START, Clock, add_token, new_app, running

SESSION = "/api/analytics/session"
SITE = f"/api/analytics/sites/{PRIVATE}"
OWN = {"origin": "http://footfall.test"}
FOREIGN = {"origin": "https://evil.example"}


async def sign_in(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    return await client.post(SESSION, json={"token": secret}, headers=OWN)


async def test_signing_in_gives_a_cookie_that_may_read(client: httpx.AsyncClient) -> None:
    answer = await sign_in(client, ADMIN)
    assert answer.json() == {"scope": "admin", "siteId": None, "tokenId": "settings"}
    value = answer.headers["set-cookie"]
    assert "HttpOnly" in value
    assert "SameSite=lax" in value
    assert "Secure" not in value
    assert ADMIN not in value
    read = await client.get(SITE, headers=FOREIGN)
    assert read.status_code == 200
    assert "access-control-allow-origin" not in read.headers


async def test_signing_out_ends_the_session(client: httpx.AsyncClient) -> None:
    await sign_in(client, ADMIN)
    copied = {"cookie": f"{session_cookie.NAME}={client.cookies[session_cookie.NAME]}"}
    assert (await client.delete(SESSION, headers=OWN)).status_code == 204
    assert not client.cookies
    assert (await client.get(SITE)).status_code == 401
    assert (await client.get(SITE, headers=copied)).status_code == 401


async def test_signing_out_leaves_other_sessions(client: httpx.AsyncClient) -> None:
    await sign_in(client, ADMIN)
    other = {"cookie": f"{session_cookie.NAME}={client.cookies[session_cookie.NAME]}"}
    client.cookies.clear()
    await sign_in(client, ADMIN)
    await client.delete(SESSION, headers=OWN)
    assert (await client.get(SITE, headers=other)).status_code == 200


async def test_a_session_that_another_node_opened_is_known_at_once(
    client: httpx.AsyncClient, app: Application
) -> None:
    catalog = app.services.catalog
    token, secret = app.services.authenticator.token(ADMIN), new_session_secret()
    session = new_session(secret, token, START)
    await catalog._catalog.put_session(session)
    headers = {"cookie": f"{session_cookie.NAME}={secret}"}
    assert catalog.session(secret) is None
    assert (await client.get(SITE, headers=headers)).status_code == 200


async def test_a_foreign_page_can_not_sign_a_reader_out(client: httpx.AsyncClient) -> None:
    await sign_in(client, ADMIN)
    assert (await client.delete(SESSION, headers=FOREIGN)).status_code == 403
    assert (await client.get(SITE)).status_code == 200


@pytest.mark.parametrize("headers", [{}, FOREIGN, {"origin": "null"}])
async def test_a_cookie_may_write_only_from_its_own_origin(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await sign_in(client, ADMIN)
    refused = await client.patch(SITE, json={"public": True}, headers=headers)
    assert refused.status_code == 403
    taken = await client.patch(SITE, json={"public": True}, headers=OWN)
    assert taken.status_code == 200


async def test_a_foreign_page_can_not_sign_a_reader_in(client: httpx.AsyncClient) -> None:
    answer = await client.post(SESSION, json={"token": ADMIN}, headers=FOREIGN)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_session_ends_with_its_token(client: httpx.AsyncClient, app: Application) -> None:
    await sign_in(client, await add_token(app, "read", PRIVATE))
    assert (await client.get(SITE)).status_code == 200
    await app.services.catalog.delete_token(f"read-{PRIVATE}")
    assert (await client.get(SITE)).status_code == 401


async def test_a_session_ends_after_its_lifetime(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, ADMIN)
    clock.now += (LIFETIME_SECONDS - 1) * 1000
    assert (await client.get(SITE)).status_code == 200
    clock.now += 1000
    assert (await client.get(SITE)).status_code == 401


@pytest.mark.parametrize(
    "value",
    ["", "settings", "x" * SECRET_LENGTH, "é" * SECRET_LENGTH, "x" * 10_000, '"', ADMIN],
)
async def test_an_invalid_cookie_counts_as_no_cookie(client: httpx.AsyncClient, value: str) -> None:
    headers = {b"cookie": f"{session_cookie.NAME}={value}".encode()}
    assert (await client.get(SITE, headers=headers)).status_code == 401
    assert (await client.delete(SESSION, headers=headers)).status_code == 204


async def test_a_session_of_the_settings_token_ends_when_that_is_changed(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"
    cookies = httpx.Cookies()
    for token, status in ((ADMIN, 200), (ADMIN, 200), ("another-admin-token", 401)):
        async with running(new_app(store=store, admin_token=token)) as app:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://footfall.test", cookies=cookies
            ) as client:
                if not cookies:
                    await sign_in(client, token)
                    cookies = client.cookies
                answer = await client.get("/api/analytics/tokens")
        assert answer.status_code == status


@pytest.mark.parametrize(("scope", "status"), [("write", 403), ("unknown", 401)])
async def test_a_token_that_may_not_read_can_not_sign_in(
    client: httpx.AsyncClient, app: Application, scope: str, status: int
) -> None:
    secret = await add_token(app, "write", PRIVATE) if scope == "write" else "ff_unknown"
    assert (await sign_in(client, secret)).status_code == status


async def test_behind_a_trusted_proxy_with_tls_the_cookie_is_secure(app: Application) -> None:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7"}
    async with httpx.AsyncClient(transport=transport, base_url="http://footfall.test") as client:
        answer = await client.post(SESSION, json={"token": ADMIN}, headers=headers)
    assert "Secure" in answer.headers["set-cookie"]


async def test_forwarded_proto_of_an_untrusted_peer_is_ignored(client: httpx.AsyncClient) -> None:
    headers = {"x-forwarded-proto": "https"}
    answer = await client.post(SESSION, json={"token": ADMIN}, headers=headers)
    assert "Secure" not in answer.headers["set-cookie"]


async def test_a_sign_in_is_short(client: httpx.AsyncClient) -> None:
    answer = await client.post(SESSION, json={"token": ADMIN, "x": "y" * 1024}, headers=OWN)
    assert answer.status_code == 413

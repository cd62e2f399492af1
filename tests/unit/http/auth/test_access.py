"""Who may do what. ``MATRIX`` has a row per request and a column per caller."""

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, OTHER, PRIVATE, PUBLIC, add_token, bearer

API = "/api/analytics"
WHO = ("nobody", "unknown", "write one", "read one", "read all", "admin of one", "admin")

#                                             nobody unkn. write r.one r.all a.one admin
MATRIX = {
    ("GET", f"{API}/sites/{PUBLIC}/realtime"): (200, 401, 200, 200, 200, 200, 200),
    ("GET", f"{API}/sites/{PRIVATE}/realtime"): (401, 401, 403, 200, 200, 200, 200),
    ("GET", f"/sites/{PRIVATE}/realtime"): (401, 401, 403, 200, 200, 200, 200),
    ("GET", f"{API}/sites/{OTHER}/realtime"): (401, 401, 403, 403, 200, 403, 200),
    ("GET", f"{API}/sites/nowhere/realtime"): (404, 401, 404, 404, 404, 404, 404),
    ("HEAD", f"{API}/sites/{OTHER}/stream"): (401, 401, 403, 403, 200, 403, 200),
    ("GET", f"{API}/overview"): (200, 401, 200, 200, 200, 200, 200),
    ("GET", f"{API}/sites"): (200, 401, 200, 200, 200, 200, 200),
    ("POST", f"{API}/sites"): (401, 401, 403, 403, 403, 403, 400),
    ("GET", f"{API}/sites/{OTHER}"): (401, 401, 403, 403, 200, 403, 200),
    ("PATCH", f"{API}/sites/{PUBLIC}"): (401, 401, 403, 403, 403, 403, 400),
    ("PATCH", f"{API}/sites/{PRIVATE}"): (401, 401, 403, 403, 403, 400, 400),
    ("GET", f"{API}/sites/{PRIVATE}/goals"): (401, 401, 403, 200, 200, 200, 200),
    ("POST", f"{API}/sites/{PRIVATE}/goals"): (401, 401, 403, 403, 403, 400, 400),
    ("DELETE", f"{API}/sites/{PRIVATE}/goals/none"): (401, 401, 403, 403, 403, 404, 404),
    ("GET", f"{API}/sites/{PRIVATE}/script"): (401, 401, 403, 200, 200, 200, 200),
    ("GET", f"{API}/sessions"): (401, 401, 403, 403, 403, 200, 200),
    ("DELETE", f"{API}/sessions"): (401, 401, 403, 403, 403, 204, 204),
    ("DELETE", f"{API}/sessions/none"): (401, 401, 403, 403, 403, 404, 404),
    ("GET", "/metrics"): (401, 401, 403, 403, 403, 403, 200),
    ("GET", "/healthz"): (200, 200, 200, 200, 200, 200, 200),
}


@pytest.mark.parametrize(("method", "path"), MATRIX)
async def test_each_caller_gets_what_its_token_allows(
    client: httpx.AsyncClient, secrets: dict[str, str], method: str, path: str
) -> None:
    content = b"{" if method in ("POST", "PATCH") else None
    answers = []
    for who in WHO:
        headers = {} if who == "nobody" else bearer(secrets.get(who, "ff_unknown"))
        answer = await client.request(method, path, headers=headers, content=content)
        assert answer.is_success or method == "HEAD" or answer.json()["error"]
        answers.append(answer.status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, MATRIX[method, path], strict=True))


async def test_a_read_token_of_one_site_works_in_the_query_string(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    path = f"{API}/sites/{PRIVATE}/realtime"
    answer = await client.get(path, params={"token": secrets["read one"]})
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["read all", "write one", "admin of one", "admin"])
async def test_other_tokens_are_refused_in_the_query_string(
    client: httpx.AsyncClient, secrets: dict[str, str], who: str
) -> None:
    path = f"{API}/sites/{PRIVATE}/realtime"
    answer = await client.get(path, params={"token": secrets[who]})
    assert answer.status_code == 403
    assert "Authorization" in answer.json()["error"]


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer  ", "token"])
async def test_a_malformed_authorization_header_is_401(
    client: httpx.AsyncClient, header: str
) -> None:
    answer = await client.get(f"{API}/sites", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_token_is_refused_at_once(
    client: httpx.AsyncClient, app: Application
) -> None:
    secret = await add_token(app, "read", PRIVATE)
    path, headers = f"{API}/sites/{PRIVATE}/realtime", bearer(secret)
    assert [(await client.get(path, headers=headers)).status_code for _ in range(3)] == [200] * 3
    await app.services.catalog.delete_token(f"read-{PRIVATE}")
    assert (await client.get(path, headers=headers)).status_code == 401


async def test_lists_contain_only_readable_sites(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    async def ids(headers: dict[str, str]) -> set[str]:
        answer = await client.get(f"{API}/sites", headers=headers)
        return {site["id"] for site in answer.json()}

    assert await ids({}) == {PUBLIC}
    assert await ids(bearer(secrets["read one"])) == {PUBLIC, PRIVATE}
    assert await ids(bearer(secrets["read all"])) == {PUBLIC, PRIVATE, OTHER}


async def test_anonymous_callers_need_a_token_when_no_site_is_public(
    admin: httpx.AsyncClient,
) -> None:
    await admin.patch(f"{API}/sites/{PUBLIC}", json={"public": False})
    for path in (f"{API}/sites", f"{API}/overview"):
        assert (await admin.get(path, headers={"authorization": ""})).status_code == 401
        answer = await admin.get(path, headers=bearer(ADMIN))
        assert answer.status_code == 200


async def test_only_admins_see_the_rules_of_a_site(
    admin: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    path = f"{API}/sites/{PRIVATE}"
    await admin.patch(path, json={"excludeIps": ["203.0.113.7"]})
    assert (await admin.get(path)).json()["excludeIps"] == ["203.0.113.7"]
    reader = await admin.get(path, headers=bearer(secrets["read one"]))
    assert reader.json() == {"id": PRIVATE, "name": "Private-Site", "public": False}


async def test_reads_allow_any_origin_without_credentials(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    origin = {"origin": "https://elsewhere.example"}
    for path, headers in (
        (f"{API}/sites/{PUBLIC}/realtime", {}),
        (f"{API}/sites/{PRIVATE}/realtime", bearer(secrets["read one"])),
        (f"{API}/sites/{PRIVATE}/realtime", {}),
    ):
        for _ in range(2):  # the second request takes the fast path
            answer = await client.get(path, headers={**origin, **headers})
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers


async def test_pages_of_other_origins_may_read_retry_after(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get(f"{API}/sites/{PUBLIC}")
    assert answer.headers["access-control-expose-headers"] == "retry-after"


async def test_a_preflight_allows_only_reading_with_a_token(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.options(f"{API}/sites/{PRIVATE}/realtime")
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    write = await client.options(f"{API}/sites/{PRIVATE}/goals/none")
    assert "access-control-allow-origin" not in write.headers

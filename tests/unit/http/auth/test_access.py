"""What credentials open, beyond the table that ``test_matrix.py`` checks."""

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, OTHER, PRIVATE, PUBLIC, add_token, bearer

API = "/api/analytics"


async def test_an_unknown_site_is_404_for_every_known_caller(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    path = f"{API}/sites/nowhere/realtime"
    callers = [{}, *map(bearer, secrets.values())]
    answers = [(await client.get(path, headers=headers)).status_code for headers in callers]
    assert answers == [404] * len(callers)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_an_admin_of_one_site_is_no_admin_of_another(
    client: httpx.AsyncClient, secrets: dict[str, str], method: str
) -> None:
    headers = bearer(secrets["admin of one"])
    answer = await client.request(method, f"{API}/sites/{OTHER}", headers=headers)
    assert answer.status_code == 403


async def test_a_read_token_of_all_sites_reads_each_of_them(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    for site in (PUBLIC, PRIVATE, OTHER):
        path = f"{API}/sites/{site}/realtime"
        answer = await client.get(path, headers=bearer(secrets["read all"]))
        assert answer.status_code == 200


async def test_a_refused_preview_of_a_stream_is_refused_like_the_stream(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    path, headers = f"{API}/sites/{OTHER}/stream", bearer(secrets["read one"])
    assert (await client.head(path, headers=headers)).status_code == 403


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
    assert reader.json() == {
        "id": PRIVATE,
        "name": "Private-Site",
        "public": False,
        "publicHistory": False,
        "publicVisits": False,
        "timeZone": "UTC",
    }


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
    assert {"authorization", "content-type"} < {
        *answer.headers["access-control-allow-headers"].split(", ")
    }
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    write = await client.options(f"{API}/sites/{PRIVATE}/goals/none")
    assert "access-control-allow-origin" not in write.headers

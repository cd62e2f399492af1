"""Headers that are no address: refused or ignored, never a 500 and never local."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.serving import ADMIN, PRIVATE, new_app, running

SESSION = "/api/analytics/session"


@pytest.mark.parametrize("origin", ["http://[", "[", "http://", "://", "http://]", "http://a@[b"])
async def test_a_malformed_origin_is_foreign(client: httpx.AsyncClient, origin: str) -> None:
    headers = {"origin": origin}
    answer = await client.post(SESSION, json={"token": ADMIN}, headers=headers)
    assert answer.status_code == 403
    await client.post(SESSION, json={"token": ADMIN})
    changed = await client.patch(
        f"/api/analytics/sites/{PRIVATE}", json={"public": True}, headers=headers
    )
    assert changed.status_code == 403


@pytest.fixture
async def local() -> AsyncIterator[httpx.AsyncClient]:
    """A program on the server's machine, where ``/metrics`` needs no token."""
    async with running(new_app(metrics_from_loopback=True)) as app:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
            yield client


@pytest.mark.parametrize(
    "host",
    ["[", "]", "x@localhost", "localhost@x", "[::1", "::1", "localhost:", "a b", "127.0.0.1:x"],
)
async def test_a_malformed_host_is_not_local(local: httpx.AsyncClient, host: str) -> None:
    answer = await local.get("/metrics", headers={"host": host})
    assert answer.status_code == 401
    assert (await local.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000"])
async def test_a_local_host_is_local(local: httpx.AsyncClient, host: str) -> None:
    assert (await local.get("/metrics", headers={"host": host})).status_code == 200

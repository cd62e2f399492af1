"""Guessing tokens at the sign-in: slow for each address, seen on /metrics and in the log."""

import httpx
import pytest

from footfall.app import Application
from tests.serving import ADMIN, add_token, bearer

SESSION = "/api/analytics/session"
OWN = {"origin": "http://footfall.test"}
LIMIT = 10


def client_from(app: Application, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 40_000)),
        base_url="http://footfall.test",
        headers=OWN,
    )


async def attempt(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    return await client.post(SESSION, json={"token": secret})


async def metric(app: Application, name: str) -> float:
    text = app.services.render_metrics().decode()
    return float(next(line for line in text.splitlines() if line.startswith(name)).split()[-1])


async def test_an_address_that_was_wrong_too_often_waits_even_with_the_right_token(
    app: Application,
) -> None:
    async with client_from(app, "198.51.100.7") as guesser:
        wrong = [await attempt(guesser, f"ff_guess-{number}") for number in range(LIMIT)]
        assert [answer.status_code for answer in wrong] == [401] * LIMIT
        for secret in ("ff_guess", ADMIN):
            refused = await attempt(guesser, secret)
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "6"
            assert "wait a minute" in refused.json()["error"]
    async with client_from(app, "198.51.100.8") as owner:
        assert (await attempt(owner, ADMIN)).status_code == 200


async def test_addresses_behind_a_proxy_are_told_apart(app: Application) -> None:
    async with client_from(app, "127.0.0.1") as proxy:
        for number in range(LIMIT + 1):
            proxy.headers["x-forwarded-for"] = "198.51.100.7"
            await attempt(proxy, f"ff_guess-{number}")
        assert (await attempt(proxy, ADMIN)).status_code == 429
        proxy.headers["x-forwarded-for"] = "198.51.100.8"
        assert (await attempt(proxy, ADMIN)).status_code == 200


async def test_who_signs_in_rightly_is_not_refused(app: Application) -> None:
    async with client_from(app, "198.51.100.7") as client:
        answers = [await attempt(client, ADMIN) for _ in range(3 * LIMIT)]
    assert {answer.status_code for answer in answers} == {200}


async def test_failures_are_counted_and_logged_without_address_and_token(
    app: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = await add_token(app, "write", "other-site")
    async with client_from(app, "198.51.100.7") as client:
        await attempt(client, "ff_guess")
        await attempt(client, secret)
        await attempt(client, ADMIN)
        await client.get("/api/analytics/sites", headers=bearer("ff_guess"))
    assert await metric(app, "footfall_sign_in_failures_total") == 1
    assert await metric(app, "footfall_unknown_tokens_total") == 2
    logged = capsys.readouterr().out
    assert "sign_in.failed" in logged
    assert "198.51.100.7" not in logged
    assert "ff_guess" not in logged

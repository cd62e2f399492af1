import httpx
import pytest
from structlog.testing import capture_logs

from footfall import errors
from footfall.app import Application
from footfall.errors import FootfallError
from footfall.http.errors import CLOSE_CODE, STATUS
from tests.serving import PRIVATE, PUBLIC


def all_errors() -> set[type[FootfallError]]:
    """The errors of the server; the client adds one."""
    return {each for each in vars(errors).values() if isinstance(each, type)} - {FootfallError}


def test_each_error_has_a_status() -> None:
    assert set(STATUS) == all_errors()
    assert set(CLOSE_CODE) <= set(STATUS)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/analytics/sites", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", f"/api/analytics/sites/{PUBLIC}/realtime", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/collect", {"OPTIONS", "POST"}),
        ("POST", "/footfall.js", {"GET", "HEAD"}),
        ("DELETE", "/api/docs", {"GET", "HEAD"}),
    ],
)
async def test_a_wrong_method_gets_405_and_the_allowed_methods(
    client: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed
    for each in allowed:
        assert each in answer.json()["error"]


@pytest.mark.parametrize("path", ["/nothing", "/api/analytics/sites/", "/api", "/sites/a/b"])
async def test_an_unknown_path_gets_404_and_a_hint(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "/api/docs" in answer.json()["error"]


async def test_a_browser_gets_a_page_for_an_unknown_path(client: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = await client.get("/nowhere", headers=browser)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<a href="/">All sites</a>' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await client.get("/api/nowhere", headers=browser)).json()["error"]


async def test_an_unexpected_error_is_logged_and_not_shown(
    app: Application, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_query: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(app.services.documents, "document", broken)
    with capture_logs() as logs:
        answer = await client.get(f"/api/analytics/sites/{PUBLIC}/realtime?country=DE")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]
    assert [(line["event"], line["path"]) for line in logs] == [
        ("request failed", f"/api/analytics/sites/{PUBLIC}/realtime")
    ]
    assert "country" not in str({**logs[0], "exc_info": None})


async def test_an_unexpected_error_in_collect_has_the_same_form(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_body: bytes) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("footfall.ingest.split", broken)
    with capture_logs() as logs:
        answer = await client.post("/collect", content=b"{}")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]
    assert [line["path"] for line in logs] == ["/collect"]


async def test_no_token_is_logged(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await client.get(f"/api/analytics/sites/{PRIVATE}/realtime?token=ff_secret")
    assert "ff_secret" not in str(logs)

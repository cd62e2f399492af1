import httpx
import pytest

from footfall.app import Application
from tests.serving import PUBLIC

SCRIPT = f"/api/analytics/sites/{PUBLIC}/script"


async def test_the_snippet_names_the_site_and_this_server(client: httpx.AsyncClient) -> None:
    answer = await client.get(SCRIPT)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == (
        f'<script defer data-site="{PUBLIC}" src="http://footfall.test/footfall.js"></script>\n'
    )


async def test_behind_a_trusted_proxy_with_tls_it_uses_https(app: Application) -> None:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    headers = {"x-forwarded-proto": "https"}
    async with httpx.AsyncClient(transport=transport, base_url="http://stats.example") as client:
        answer = await client.get(SCRIPT, headers=headers)
    assert 'src="https://stats.example/footfall.js"' in answer.text


@pytest.mark.parametrize("host", ['"><script>', "a b", "a/b", ""])
async def test_an_invalid_host_header_is_refused(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get(SCRIPT, headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["field"] == "Host"

from typing import Any

import httpx
import pytest

from footfall.app import Application
from footfall.collect.address import TrustedProxies
from footfall.errors import InvalidInput
from footfall.settings import load
from tests.serving import ADMIN, PUBLIC, add_sites, bearer, listening, new_app, running

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


async def test_script_and_events_may_have_names_of_the_owner_s_choice() -> None:
    app = new_app(admin_token=ADMIN, script_path="/js/shop.js", collect_path="/js/shop")
    async with listening(app) as address:
        await add_sites(app)
        async with httpx.AsyncClient(base_url=address, headers=bearer(ADMIN)) as client:
            snippet = (await client.get(SCRIPT)).text
            assert f'src="{address}/js/shop.js" data-endpoint="/js/shop"' in snippet
            script = await client.get("/js/shop.js")
            assert script.content == (await client.get("/footfall.js")).content
        event = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
        async with httpx.AsyncClient(base_url=address) as visitor:
            for path in ("/js/shop", "/collect"):
                assert (await visitor.post(path, json=event)).status_code == 204
            assert (await visitor.post("/js/other", json=event)).status_code == 404


async def test_with_another_script_only_its_endpoint_is_said() -> None:
    async with running(new_app(script_path="/a/b.js")) as app:
        await add_sites(app)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
            answer = await client.get(SCRIPT)
    assert 'src="http://x.example/a/b.js" data-endpoint="/collect"' in answer.text


@pytest.mark.parametrize(
    "paths",
    [
        {"collect_path": "/footfall.js"},
        {"script_path": "/collect"},
        {"script_path": "/s", "collect_path": "/s"},
    ],
)
def test_a_name_that_is_in_use_is_refused(paths: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="in use"):
        new_app(**paths)


@pytest.mark.parametrize("path", ["s.js", "/", "/a b", "/a//b", "/sites/{site}"])
def test_a_name_that_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="a path, as in"):
        load({"script_path": path}, {})


def test_networks_have_names() -> None:
    proxies = load({"trusted_proxies": "loopback,cloudflare,203.0.113.7"}, {}).trusted_proxies
    client = TrustedProxies(proxies).client
    assert client("127.0.0.1", "80.1.2.3, 172.71.0.9").text == "80.1.2.3"
    assert client("203.0.113.7", "80.1.2.3, 10.0.0.1").text == "10.0.0.1"
    with pytest.raises(InvalidInput, match="or their names"):
        load({"trusted_proxies": "cloudfare"}, {})

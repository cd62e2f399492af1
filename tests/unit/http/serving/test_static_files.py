import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from footfall.http.serving.static_files import file_routes, page_routes, script_endpoint
from footfall.model import Site, SiteRules

TRACKER = "export const tracker = 1;" * 50
SCRIPTS = ("footfall.js", "footfall-elements.js")
PAGE = (
    '<!doctype html><title>Footfall</title><meta property="og:title" content="Footfall">'
    '<script type="module" src="/assets/index-abc.js"></script>'
)
SITES = {
    "my-site": SiteRules(Site(id="my-site", name="Mine"), ()),
    "open": SiteRules(Site(id="open", name='Tea & "Co" </title>', public=True), ()),
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "footfall.js").write_text(TRACKER)
    (tmp_path / "footfall-elements.js").write_text("import('./footfall-elements/map-abc.js')")
    (tmp_path / "footfall-elements").mkdir()
    (tmp_path / "footfall-elements" / "map-abc.js").write_text("2")
    assets = tmp_path / "dashboard" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "dashboard" / "index.html").write_text(PAGE)
    (tmp_path / "dashboard" / "favicon.svg").write_text("<svg/>")
    (assets / "index-abc.js").write_text("1")
    return tmp_path


@pytest.fixture
async def client(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with over(built) as client:
        yield client


def over(root: Path, sockets: str = "") -> httpx.AsyncClient:
    scripts = [Route(f"/{name}", script_endpoint(name, root)) for name in SCRIPTS]
    routes = [*scripts, *page_routes(SITES.get, root, sockets), *file_routes(root)]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://footfall.test")


@pytest.mark.parametrize("path", ["/", "/sites/my-site"])
async def test_the_dashboard_runs_only_its_own_scripts(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("sockets", "allowed"),
    [("", "'self'"), ("wss://x.example/live", "'self' wss://x.example/live")],
)
async def test_the_dashboard_connects_to_its_servers_only(
    built: Path, sockets: str, allowed: str
) -> None:
    async with over(built, sockets) as client:
        policy = (await client.get("/sites/my-site")).headers["content-security-policy"]
    assert f"connect-src {allowed}" in policy.split("; ")


async def test_only_a_public_site_is_called_by_its_name(client: httpx.AsyncClient) -> None:
    page = await client.get("/sites/open")
    name = "Tea &amp; &quot;Co&quot; &lt;/title&gt;"
    assert f"<title>{name} · Footfall</title>" in page.text
    assert f'property="og:title" content="{name} right now"' in page.text
    again = await client.get("/sites/open", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304
    assert (await client.get("/sites/my-site")).text == PAGE
    unknown = await client.get("/sites/nowhere")
    assert (unknown.status_code, unknown.text) == (404, PAGE)


async def test_assets_are_cached_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/index-abc.js")
    assert answer.text == "1"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


async def test_the_tracker_loads_on_any_page_and_is_revalidated(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/footfall.js")
    assert answer.text == TRACKER
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=3600" in answer.headers["cache-control"]
    headers = {"if-none-match": answer.headers["etag"]}
    again = await client.get("/footfall.js", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


async def test_the_elements_and_their_chunks_load_on_any_page(
    client: httpx.AsyncClient,
) -> None:
    script = await client.get("/footfall-elements.js")
    chunk = await client.get("/footfall-elements/map-abc.js")
    for answer in (script, chunk):
        assert answer.status_code == 200
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=3600" in script.headers["cache-control"]
    assert "immutable" in chunk.headers["cache-control"]


async def test_files_are_compressed_for_clients_that_accept_it(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/footfall.js") as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).decode() == TRACKER
    plain = await client.get("/footfall.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/assets/../footfall.js", "/assets/%2e%2e/%2e%2e/footfall.js"]
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404 or answer.text == TRACKER


async def test_a_missing_build_is_reported_with_the_command(tmp_path: Path) -> None:
    async with over(tmp_path) as client:
        for path in ("/", "/footfall.js"):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert "npm run build" in answer.json()["error"]

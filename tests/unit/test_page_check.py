"""The server reads pages for admins: what it finds, and where it does not go."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from footfall import page_check
from footfall.errors import InvalidInput
from footfall.page_check import PageCheck, check_page
from tests.e2e.hosts import hosted

HERE, PUBLIC, INTRANET = "127.0.0.1", "9.9.9.9", "10.0.0.7"
SNIPPET = '<script defer data-site="{}" src="https://stats.example/footfall.js"></script>'
MANY = SNIPPET.format("blog") + '<SCRIPT\nsrc="x.js" data-site=shop></SCRIPT>'
PAGES = {
    "/": f"<!doctype html><head>{SNIPPET.format('shop')}</head>",
    "/blog": SNIPPET.format("blog"),
    "/both": MANY,
    "/none": "<!doctype html><p>data-site=shop",
    "/late": "x" * page_check.MAX_BYTES + SNIPPET.format("shop"),
}


async def page(request: Request) -> Response:
    path = request.url.path
    if path == "/moved":
        return RedirectResponse("/blog")
    if path == "/round":
        return RedirectResponse("/round")
    if path == "/inside":
        return RedirectResponse("http://169.254.169.254/latest/meta-data/")
    if path == "/file":
        return RedirectResponse("file:///etc/passwd")
    if path == "/slow":
        return StreamingResponse(trickle(), media_type="text/html")
    return HTMLResponse(PAGES[path]) if path in PAGES else Response(status_code=404)


async def trickle() -> AsyncIterator[bytes]:
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            yield b"<p>"
            await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def shop() -> Any:
    with hosted(Starlette(routes=[Route("/{path:path}", page)])) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/", None),
        ("/both", None),
        ("/blog", "another site, blog"),
        ("/moved", "another site, blog"),
        ("/none", "no Footfall snippet"),
        ("/late", "no Footfall snippet"),
        ("/missing", "answered 404 for /missing"),
        ("/round", "redirects too often"),
        ("/inside", "169.254.169.254, which is not on the public internet"),
        ("/file", "redirects to no web address"),
    ],
)
async def test_it_says_what_it_finds(shop: str, path: str, problem: str | None) -> None:
    found = await check_page(shop + path, "shop", HERE)
    assert found.found is (problem is None)
    assert (problem or "") in (found.problem or "")


async def test_a_page_that_never_ends_is_given_up(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_check, "TIMEOUT_S", 0.2)
    found = await check_page(f"{shop}/slow", "shop", HERE)
    assert found == PageCheck(found=False, problem="127.0.0.1 took longer than 0 s")


async def test_nothing_listens(shop: str) -> None:
    found = await check_page("http://127.0.0.1:1/", "shop", HERE)
    assert "can't be reached" in str(found.problem)
    found = await check_page("http://no-such-host.invalid/", "shop", HERE)
    assert found.problem == "there is no host named no-such-host.invalid"


@pytest.mark.parametrize(
    ("url", "caller"),
    [
        ("{shop}/", PUBLIC),
        ("{shop}/", INTRANET),
        ("http://localhost:{port}/", PUBLIC),
        ("http://[::1]:{port}/", PUBLIC),
        ("http://[::ffff:127.0.0.1]:{port}/", PUBLIC),
        ("http://2130706433:{port}/", PUBLIC),
        ("http://0.0.0.0:{port}/", HERE),
        ("http://10.1.2.3/", PUBLIC),
        ("http://169.254.169.254/", HERE),
        ("http://[fe80::1]/", HERE),
        ("http://224.0.0.1/", INTRANET),
    ],
)
async def test_it_asks_nothing_that_the_caller_could_not(shop: str, url: str, caller: str) -> None:
    address = url.format(shop=shop, port=shop.rpartition(":")[2])
    found = await check_page(address, "shop", caller)
    assert found.found is False
    assert "not on the public internet" in str(found.problem)


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "ftp://shop.example/", "https://", "https://me:secret@shop.example/"],
)
async def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await check_page(url, "shop", HERE)
    assert refused.value.field == "url"

"""The server reads pages for admins: what it finds, and where it does not go."""

import asyncio
import contextlib
import gzip
import socket
import threading
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from footfall import page_check
from footfall.errors import InvalidInput, Overloaded
from footfall.page_check import PageCheck, PageChecks
from tests.e2e.hosts import hosted

HERE, PUBLIC = "127.0.0.1", "9.9.9.9"
BOMB = gzip.compress(bytes(200 << 20), compresslevel=9)
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


class Packed:
    """A page that is sent as a gzip bomb: 200 KB, unpacked 200 MB. ``asked`` is what was asked
    for."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(Headers(scope=scope).get("accept-encoding"))
        answer = Response(BOMB, headers={"content-encoding": "gzip"}, media_type="text/html")
        await answer(scope, receive, send)


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
    found = await PageChecks().check(shop + path, "shop", HERE)
    assert found.found is (problem is None)
    assert (problem or "") in (found.problem or "")


async def test_a_page_that_never_ends_is_given_up(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_check, "TIMEOUT_S", 0.2)
    found = await PageChecks().check(f"{shop}/slow", "shop", HERE)
    assert found == PageCheck(found=False, problem="127.0.0.1 took longer than 0 s")


async def test_a_packed_page_is_not_unpacked() -> None:
    packed = Packed()
    tracemalloc.start()
    try:
        with hosted(packed) as address:
            found = await PageChecks().check(f"{address}/", "shop", HERE)
        assert "answered with 'gzip', which was not asked for" in str(found.problem)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert packed.asked == ["identity"]


async def test_a_few_pages_are_checked_at_a_time(shop: str) -> None:
    """Two of a site, eight in all; the others are told to come again, and are counted."""
    checks = PageChecks()
    sites = [site for site in "abcde" for _ in range(3)]
    running = [asyncio.create_task(checks.check(f"{shop}/none", site, HERE)) for site in sites]
    answers = await asyncio.gather(*running, return_exceptions=True)
    assert [isinstance(each, Overloaded) for each in answers] == [
        number % 3 == 2 or number >= 12 for number in range(15)
    ]
    assert checks.refused == 7
    assert (await checks.check(f"{shop}/", "shop", HERE)).found


async def test_names_that_nobody_answers_for_hold_few_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_check, "TIMEOUT_S", 0.01)
    answered = threading.Event()

    def never(*_asked: object, **_more: object) -> list[Any]:
        answered.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    checks = PageChecks()
    try:
        for number in range(3 * page_check.MAX_AT_ONCE):
            assert not (await checks.check("http://slow.example/", f"{number}", PUBLIC)).found
        found = await checks.check("http://slow.example/", "shop", PUBLIC)
        names = [each.name for each in threading.enumerate()]
        assert names.count("footfall-resolver") == page_check.MAX_AT_ONCE
        assert "can't be looked up now" in str(found.problem)
    finally:
        answered.set()


async def test_the_connection_goes_to_the_address_that_was_judged(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means something else the second time it is looked up is looked up once."""
    asked: list[str] = []

    def rebinding(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        address = HERE if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = shop.rpartition(":")[2]
    assert (await PageChecks().check(f"http://shop.example:{port}/", "shop", HERE)).found
    assert asked == ["shop.example"]
    found = await PageChecks().check(f"http://shop.example:{port}/", "shop", PUBLIC)
    assert "10.0.0.1, which is not on the public internet" in str(found.problem)


async def test_nothing_listens(shop: str) -> None:
    found = await PageChecks().check("http://127.0.0.1:1/", "shop", HERE)
    assert "can't be reached" in str(found.problem)
    found = await PageChecks().check("http://no-such-host.invalid/", "shop", HERE)
    assert found.problem == "there is no host named no-such-host.invalid"


@pytest.mark.parametrize(
    ("url", "caller"),
    [
        ("{shop}/", PUBLIC),
        ("http://localhost:{port}/", PUBLIC),
        ("http://[::ffff:127.0.0.1]:{port}/", PUBLIC),
        ("http://[64:ff9b::127.0.0.1]:{port}/", PUBLIC),
        ("http://2130706433:{port}/", PUBLIC),
        ("http://0.0.0.0:{port}/", HERE),
    ],
)
async def test_it_asks_nothing_that_the_caller_could_not(shop: str, url: str, caller: str) -> None:
    address = url.format(shop=shop, port=shop.rpartition(":")[2])
    found = await PageChecks().check(address, "shop", caller)
    assert found.found is False
    assert "not on the public internet" in str(found.problem)


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "ftp://shop.example/", "https://", "https://me:secret@shop.example/"],
)
async def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await PageChecks().check(url, "shop", HERE)
    assert refused.value.field == "url"

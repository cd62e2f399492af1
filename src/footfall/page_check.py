"""Checks whether a page carries the snippet of a site, for who sets it up.

Where the server goes on an admin's behalf is decided in ``page_address``, for each redirect again.
A name is resolved once, and the connection goes to the address that was judged.
"""

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address

import httpx
import msgspec
import re2

from footfall.errors import InvalidInput, Overloaded
from footfall.page_address import IpAddress, may_ask

MAX_AT_ONCE = 8
MAX_OF_A_SITE = 2
MAX_BYTES = 1 << 20
MAX_REDIRECTS = 5
TIMEOUT_S = 5.0
USER_AGENT = "Footfall-Check (looks for its own snippet)"

_SNIPPETS = re2.compile(r"""(?i)<script\s[^>]*data-site\s*=\s*["']?([a-z0-9._-]{1,64})""")


class PageCheck(msgspec.Struct, frozen=True):
    """``problem`` says what is wrong and what to do; null when the snippet was ``found``."""

    found: bool
    problem: str | None = None


class _Unreachable(Exception):
    """The text says why."""


class PageChecks:
    """A few at a time, so that nobody makes the server busy with the web. ``refused`` counts those
    that were too many."""

    def __init__(self) -> None:
        self.refused = 0
        self._running: Counter[str] = Counter()
        self._resolver = Resolver()

    async def check(self, url: str, site_id: str, caller: str) -> PageCheck:
        """Fetch ``url`` and look for the snippet of the site. ``caller`` is the IP address of who
        asks. Raises InvalidInput when the URL is none of the web, and Overloaded."""
        parsed = _parsed(url)
        with self._counted(site_id):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    html = await _fetch(parsed, ip_address(caller), self._resolver)
            except _Unreachable as error:
                return PageCheck(found=False, problem=str(error))
            except (TimeoutError, httpx.TimeoutException):
                problem = f"{parsed.host} took longer than {TIMEOUT_S:.0f} s"
                return PageCheck(found=False, problem=problem)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
                return PageCheck(found=False, problem=f"{parsed.host} can't be reached: {error}")
        return _found(html, site_id)

    @contextlib.contextmanager
    def _counted(self, site_id: str) -> Iterator[None]:
        running = self._running
        if running.total() >= MAX_AT_ONCE or running[site_id] >= MAX_OF_A_SITE:
            self.refused += 1
            raise Overloaded("other pages are being checked: try again in a few seconds")
        running[site_id] += 1
        try:
            yield
        finally:
            running[site_id] -= 1
            if not running[site_id]:
                del running[site_id]


def _found(html: str, site_id: str) -> PageCheck:
    sites: set[str] = set(_SNIPPETS.findall(html))
    if site_id in sites:
        return PageCheck(found=True)
    if sites:
        return PageCheck(
            found=False, problem=f"the page has the snippet of another site, {min(sites)}"
        )
    return PageCheck(
        found=False,
        problem="the page has no Footfall snippet in its HTML; one that a tag manager adds later "
        "can't be seen from here",
    )


class Resolver:
    """Looks names up in threads of its own, since nothing can end a look-up that gets no answer;
    such threads end with the process."""

    def __init__(self) -> None:
        self._running = 0

    async def addresses(self, host: str, port: int) -> list[IpAddress]:
        """Raises OSError, also when too many look-ups have no answer yet."""
        if self._running >= MAX_AT_ONCE:
            raise OSError("names can't be looked up now: try again in a minute")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[IpAddress]] = loop.create_future()
        self._running += 1

        def tell(result: list[IpAddress] | Exception) -> None:
            self._running -= 1
            if found.done():
                return
            if isinstance(result, Exception):
                found.set_exception(result)
            else:
                found.set_result(result)

        def look_up() -> None:
            result: list[IpAddress] | Exception
            try:
                result = _look_up(host, port)
            except Exception as error:
                result = error
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(tell, result)

        threading.Thread(target=look_up, name="footfall-resolver", daemon=True).start()
        return await found


def _look_up(host: str, port: int) -> list[IpAddress]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise InvalidInput("url is no web address: send it as https://shop.example/", "url")
    return parsed


async def _fetch(url: httpx.URL, caller: IpAddress, resolver: Resolver) -> str:
    """The begin of the page's HTML, after redirects."""
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            address = await _address(url, caller, resolver)
            request = client.build_request(
                "GET",
                url.copy_with(host=str(address)),
                headers={
                    "host": url.netloc.decode(),
                    "user-agent": USER_AGENT,
                    "accept-encoding": "identity",
                },
                extensions={"sni_hostname": url.host},
            )
            answer = await client.send(request, stream=True)
            try:
                if not answer.has_redirect_location:
                    return await _read(answer, url)
                url = _parsed(str(url.join(answer.headers["location"])))
            except InvalidInput:
                raise _Unreachable(f"{url.host} redirects to no web address") from None
            finally:
                await answer.aclose()
    raise _Unreachable(f"{url.host} redirects too often")


async def _read(answer: httpx.Response, url: httpx.URL) -> str:
    """No more than ``MAX_BYTES``, and nothing that would have to be unpacked."""
    if answer.status_code >= 400:
        raise _Unreachable(f"{url.host} answered {answer.status_code} for {url.path}")
    encoding = answer.headers.get("content-encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise _Unreachable(
            f"{url.host} answered with {encoding[:40]!r}, which was not asked for: look for the "
            "snippet in the page's source instead"
        )
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            break
    return body[:MAX_BYTES].decode("utf-8", "replace")


async def _address(url: httpx.URL, caller: IpAddress, resolver: Resolver) -> IpAddress:
    """The address to ask. Raises _Unreachable for one that the caller may not ask through us."""
    try:
        found = await resolver.addresses(url.host, url.port or 0)
    except socket.gaierror:
        raise _Unreachable(f"there is no host named {url.host}") from None
    for address in found:
        if may_ask(address, caller):
            return address
    raise _Unreachable(
        f"{url.host} is {found[0]}, which is not on the public internet: look for the snippet in "
        "the page's source instead"
    )

"""Looks whether a page carries the snippet of a site, for who sets it up.

The server asks on an admin's behalf, so it goes no further than the admin could: to private
networks only for a caller from one, to this machine only for a caller on it, and never to
link-local addresses, where clouds keep their secrets. A name is resolved once and the connection
goes to the address that was checked.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

import httpx
import msgspec
import re2

from footfall.errors import InvalidInput

MAX_BYTES = 1 << 20
MAX_REDIRECTS = 5
TIMEOUT_S = 5.0
USER_AGENT = "Footfall-Check (looks for its own snippet)"

IpAddress: TypeAlias = IPv4Address | IPv6Address

_SNIPPETS = re2.compile(r"""(?i)<script\s[^>]*data-site\s*=\s*["']?([a-z0-9._-]{1,64})""")


class PageCheck(msgspec.Struct, frozen=True):
    """``problem`` says what is wrong and what to do; null when the snippet was ``found``."""

    found: bool
    problem: str | None = None


class _Unreachable(Exception):
    """The text says why."""


async def check_page(url: str, site_id: str, caller: str) -> PageCheck:
    """Fetch ``url`` and look for the snippet of the site. ``caller`` is the IP address of who asks.
    Raises InvalidInput when the URL is none of the web."""
    parsed = _parsed(url)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            html = await _fetch(parsed, ip_address(caller))
    except _Unreachable as error:
        return PageCheck(found=False, problem=str(error))
    except (TimeoutError, httpx.TimeoutException):
        return PageCheck(found=False, problem=f"{parsed.host} took longer than {TIMEOUT_S:.0f} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return PageCheck(found=False, problem=f"{parsed.host} can't be reached: {error}")
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


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise InvalidInput("url is no web address: send it as https://shop.example/", "url")
    return parsed


async def _fetch(url: httpx.URL, caller: IpAddress) -> str:
    """The begin of the page's HTML, after redirects."""
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            address = await _address(url, caller)
            request = client.build_request(
                "GET",
                url.copy_with(host=str(address)),
                headers={"host": url.netloc.decode(), "user-agent": USER_AGENT},
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
    if answer.status_code >= 400:
        raise _Unreachable(f"{url.host} answered {answer.status_code} for {url.path}")
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            break
    return body[:MAX_BYTES].decode("utf-8", "replace")


async def _address(url: httpx.URL, caller: IpAddress) -> IpAddress:
    """The address to ask. Raises _Unreachable for one that the caller may not ask through us."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port or 0, type=socket.SOCK_STREAM)
    except OSError:
        raise _Unreachable(f"there is no host named {url.host}") from None
    address = ip_address(str(found[0][4][0]).partition("%")[0])
    if not _may_ask(address, caller):
        raise _Unreachable(
            f"{url.host} is {address}, which is not on the public internet: look for the snippet "
            "in the page's source instead"
        )
    return address


def _may_ask(address: IpAddress, caller: IpAddress) -> bool:
    address, caller = _plain(address), _plain(caller)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback:
        return caller.is_loopback
    return address.is_global or (address.is_private and caller.is_private)


def _plain(address: IpAddress) -> IpAddress:
    """IPv4 that is written as IPv6 is IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

"""Cuts URLs down to what may be stored: no query, fragment, user name or password."""

import re
from ipaddress import IPv6Address
from urllib.parse import parse_qsl

import msgspec

from footfall.caches import MIB, cached, size_with_texts, size_with_values

CACHE_BYTES = 4 * MIB
MAX_PATH = 2048
MAX_UTM = 256
MAX_PORT = 65_535
UTM_FIELDS = ("source", "medium", "campaign", "term", "content")

WEB = ("http", "https")
REFERRERS = (*WEB, "android-app")
"""Android apps use their own scheme as referrer: ``android-app://com.example.reader``."""

_HOST = re.compile(r"[a-z0-9_.-]{1,253}")
_DIGITS = re.compile(r"[0-9]{0,5}")


class CutUrl(msgspec.Struct, frozen=True, gc=False):
    """``host`` is in lower case, IDNA-encoded, without port; ``text`` is the cut URL."""

    scheme: str
    host: str
    bare_host: str
    """Without ``www.``."""
    path: str
    text: str


def cut(url: str) -> CutUrl:
    """Parse and cut a URL. Raises ValueError if it is not an absolute URL with a host."""
    return _parse(url.partition("#")[0].partition("?")[0])


def utm(url: str) -> dict[str, str] | None:
    """The UTM fields of a URL's query, without ``utm_``. Shared: do not modify."""
    if "utm_" not in url:
        return None
    return _utm(url.partition("#")[0].partition("?")[2])


@cached(CACHE_BYTES, size_with_texts)
def _parse(base: str) -> CutUrl:
    scheme, separator, rest = base.partition("://")
    authority, _, path = rest.partition("/")
    scheme = scheme.lower()
    if not separator or scheme not in REFERRERS or not base.isprintable():
        raise ValueError("not an absolute URL")
    if "\\" in authority:  # browsers end the host there, others do not
        raise ValueError("its host is not a host name")
    host, port = _host_and_port(authority.rpartition("@")[2])
    path = f"/{path}"
    if len(path) > MAX_PATH:
        raise ValueError(f"its path is longer than {MAX_PATH} characters")
    text = f"{scheme}://{host}{port}{path}"
    return CutUrl(scheme, host, bare_host(host), path, text)


def bare_host(host: str) -> str:
    """``host`` without ``www.``, which most sites treat as optional."""
    return host.removeprefix("www.")


def _host_and_port(text: str) -> tuple[str, str]:
    """``("example.com", ":8080")``; the port is empty when there is none."""
    if text.startswith("["):
        literal, bracket, port = text[1:].partition("]")
        if not bracket:
            raise ValueError("its host is not a host name")
        host = f"[{IPv6Address(literal.partition('%')[0])}]"
    else:
        name, colon, digits = text.partition(":")
        host, port = _host(name), colon + digits
    if port and not (port[0] == ":" and _is_port(port[1:])):
        raise ValueError("its port is not a number")
    return host, "" if port == ":" else port


def _is_port(digits: str) -> bool:
    return bool(_DIGITS.fullmatch(digits)) and int(digits or 0) <= MAX_PORT


def _host(name: str) -> str:
    if not name.isascii():
        name = name.encode("idna").decode()
    name = name.lower().rstrip(".")
    if not _HOST.fullmatch(name):
        raise ValueError("its host is not a host name")
    return name


@cached(CACHE_BYTES, size_with_values)
def _utm(query: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for key, value in parse_qsl(query, errors="replace"):
        name = key.removeprefix("utm_")
        text = "".join(filter(str.isprintable, value)).strip()[:MAX_UTM]
        if name != key and name in UTM_FIELDS and text:
            found.setdefault(name, text)
    return found or None

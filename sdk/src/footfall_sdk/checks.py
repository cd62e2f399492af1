"""What the server would refuse, and the whole batch with it, told apart before it is sent."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from footfall_sdk.visit import Visit

MAX_TEXT = 2048
MAX_NAME = 64
MAX_EVENT_NAME = 128
MAX_URL = 8192
MAX_PATH = 2048
MAX_PORT = 65_535
MAX_PROPERTIES = 63
"""Beside the name."""
MAX_INTEGER = (1 << 63) - 1
_HOST = re.compile(r"[a-z0-9_.-]{1,253}")
_PORT = re.compile(r":[0-9]{0,5}|")


def check_visit(visit: Visit) -> None:
    """Much of it is a stranger's word, such as ``Host``. Raises ValueError."""
    if not visit.ip:
        raise ValueError("the visitor's address is not known; see `proxies`")
    if len(visit.ip) > MAX_NAME:
        raise ValueError("the visitor's address is too long")
    ip_address(visit.ip.strip().partition("%")[0])
    _check_text("the URL", visit.url, MAX_URL)
    base = visit.url.partition("#")[0].partition("?")[0]
    scheme, separator, rest = base.partition("://")
    authority, _, path = rest.partition("/")
    if not separator or scheme.lower() not in ("http", "https") or not base.isprintable():
        raise ValueError(f"the URL is not one of a web page: {visit.url[:80]!r}")
    if "\\" in authority or not _is_host(authority.rpartition("@")[2]):
        raise ValueError(f"the URL has no host: {visit.url[:80]!r}")
    if len(path) >= MAX_PATH:
        raise ValueError(f"the path of a URL has at most {MAX_PATH} characters")


def check_event(name: str, properties: Mapping[str, object]) -> None:
    """Raises ValueError."""
    if not 0 < len(name) <= MAX_EVENT_NAME:
        raise ValueError(f"the name of an event has 1 to {MAX_EVENT_NAME} characters")
    _check_text("the name", name, MAX_EVENT_NAME)
    if len(properties) > MAX_PROPERTIES:
        raise ValueError(f"an event has at most {MAX_PROPERTIES} properties")
    for key, item in properties.items():
        _check_property(key, item)


def _check_property(key: str, value: object) -> None:
    """Raises ValueError."""
    if not 0 < len(key) <= MAX_NAME:
        raise ValueError(f"the name of a property has 1 to {MAX_NAME} characters: {key[:80]!r}")
    _check_text("the name of a property", key, MAX_NAME)
    if isinstance(value, str):
        _check_text(key, value, MAX_TEXT)
    elif isinstance(value, int) and not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise ValueError(f"{key} is an integer of more than 64 bits: send it as text")
    elif not (value is None or isinstance(value, int | float)):
        raise ValueError(f"{key} is a {type(value).__name__}: text, numbers, true and false go")


def harmless(text: str) -> str:
    """``text`` of a header, without what no text may have: NUL and halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", "?")


def _check_text(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise ValueError(f"{what} has more than {most} characters")
    if "\0" in text:
        raise ValueError(f"{what} has a NUL character: remove it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} has half of a character (a lone surrogate): remove it") from None


def _is_host(text: str) -> bool:
    """With its port; a name or an address. Raises ValueError for an address that is none."""
    if text.startswith("["):
        literal, bracket, port = text[1:].partition("]")
        IPv6Address(literal.partition("%")[0])
        is_host = bool(bracket)
    else:
        name, colon, digits = text.partition(":")
        name = name if name.isascii() else name.encode("idna").decode()
        is_host, port = bool(_HOST.fullmatch(name.lower().rstrip("."))), colon + digits
    return is_host and bool(_PORT.fullmatch(port)) and int(port[1:] or 0) <= MAX_PORT

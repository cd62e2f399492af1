"""What a connection says about its peer: the scheme its browser sees, and whether it is local."""

import re
from collections.abc import Iterable

from starlette.requests import HTTPConnection

from footfall.collect.address import Networks, parse_address

FORWARDING_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
LOOPBACK = Networks(("127.0.0.0/8", "::1"))


class Peers:
    """``trusted`` are the proxies whose X-Forwarded-Proto is trusted."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = Networks(trusted)

    def scheme(self, connection: HTTPConnection) -> str:
        """``http`` or ``https``, as the reader's browser sees it."""
        forwarded = connection.headers.get("x-forwarded-proto", "").strip().lower()
        if forwarded in ("http", "https") and _peer_in(self._trusted, connection):
            return forwarded
        return "https" if connection.scope["scheme"] in ("https", "wss") else "http"


def host_header(connection: HTTPConnection) -> str | None:
    """The Host header, name and port; None when it is not a host name or an address.

    Never ask ``connection.url``: it raises for a malformed Host, and believes ``user@localhost``.
    """
    host = connection.headers.get("host", "")
    return host if _HOST.fullmatch(host) else None


def is_local(connection: HTTPConnection) -> bool:
    """Whether a program on this machine sent the request: loopback peer, not forwarded.

    The Host must be local too, since a foreign name can resolve to this machine (DNS rebinding).
    """
    forwarded = any(name in connection.headers for name in FORWARDING_HEADERS)
    host = host_header(connection) or ""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    named = name in LOCAL_NAMES
    return named and not forwarded and _peer_in(LOOPBACK, connection)


def _peer_in(networks: Networks, connection: HTTPConnection) -> bool:
    address = parse_address(connection.client.host) if connection.client is not None else None
    return address is not None and address.text in networks

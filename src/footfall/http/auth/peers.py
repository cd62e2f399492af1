"""What a connection says about its peer: the scheme its browser sees, and whether it is local."""

from collections.abc import Iterable

from starlette.requests import HTTPConnection

from footfall.collect.address import Networks, parse_address

FORWARDING_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
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
        return "https" if connection.url.scheme in ("https", "wss") else "http"


def is_local(connection: HTTPConnection) -> bool:
    """Whether a program on this machine sent the request: loopback peer, not forwarded.

    The Host must be local too, since a foreign name can resolve to this machine (DNS rebinding).
    """
    forwarded = any(name in connection.headers for name in FORWARDING_HEADERS)
    named = connection.url.hostname in LOCAL_NAMES
    return named and not forwarded and _peer_in(LOOPBACK, connection)


def _peer_in(networks: Networks, connection: HTTPConnection) -> bool:
    address = parse_address(connection.client.host) if connection.client is not None else None
    return address is not None and address.text in networks

"""The client address of a request, and the canonical form of addresses."""

from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address, ip_network
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from sys import getsizeof
from typing import TypeAlias

import msgspec

from footfall.caches import MIB, cached

CACHE_BYTES = 12 * MIB
"""Room for some 40,000 addresses."""
LOCAL = "127.0.0.1"
IPV4_BYTES = 4
NETWORK_BYTES = 8
MAPPED = bytes(10) + b"\xff\xff"

HeaderFields: TypeAlias = Collection[tuple[bytes, bytes]]
"""Names in lower case, as ASGI has them."""


class Address(msgspec.Struct, frozen=True, gc=False):
    """``text`` is the canonical spelling. ``network`` distinguishes visitors and callers: the full
    IPv4 address, or the /64 of an IPv6 address (in hex), since one home or phone has a full /64."""

    text: str
    network: str
    is_proxy: bool = False
    """A trusted proxy that does not tell for whom it asks: it may stand for many, so no limit of
    one address applies."""


def _size(address: Address | None) -> int:
    """In bytes; most have one text for both."""
    if address is None:
        return 0
    size = getsizeof(address) + getsizeof(address.text)
    return size if address.network is address.text else size + getsizeof(address.network)


@cached(2 * MIB, _size)
def parse_address(text: str) -> Address | None:
    """Parse an address; None if it is not one. IPv4-mapped IPv6 becomes IPv4, a zone is removed."""
    text = text.strip().partition("%")[0]
    try:
        packed = inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    except (OSError, ValueError):
        return None
    if packed.startswith(MAPPED):
        packed = packed[len(MAPPED) :]
    if len(packed) == IPV4_BYTES:
        text = inet_ntop(AF_INET, packed)
        return Address(text, text)
    return Address(inet_ntop(AF_INET6, packed), packed[:NETWORK_BYTES].hex())


class Networks:
    """A set of addresses and CIDR networks, as settings and sites list them."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(text.strip(), strict=False) for text in networks)
        self._contains = cached(MIB)(self._search)

    def __contains__(self, address: str) -> bool:
        return self._contains(address)

    def _search(self, text: str) -> bool:
        address = ip_address(text)
        return any(address in network for network in self._networks)


class TrustedProxies:
    """Finds the client's address from the connection's and ``X-Forwarded-For``.

    The header is trusted only if a trusted proxy sent it, and read from the right: each proxy
    appends the address it saw, so the rightmost address that is not a trusted proxy is the client.
    Everything left of it can be forged.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._trusted = Networks(networks)
        self._remembered = cached(CACHE_BYTES, _size)(self._client)

    def of(self, peer: tuple[str, int] | None, headers: HeaderFields) -> Address:
        """The client of a connection as ASGI describes it. ``peer`` is None for a Unix socket,
        which only this machine can reach."""
        return self.client(peer[0] if peer else LOCAL, forwarded_for(dict(headers), headers))

    def trusts(self, peer: str) -> bool:
        """Whether the headers of a connection are believed."""
        address = parse_address(peer)
        return address is not None and address.text in self._trusted

    def client(self, peer: str, forwarded: str | None) -> Address:
        return self._remembered(peer if forwarded is None else f"{forwarded},{peer}")

    def _client(self, chain: str) -> Address:
        """``chain`` lists the hops, the nearest last."""
        farther_hops, _, peer = chain.rpartition(",")
        nearest = parse_address(peer)
        if nearest is None:
            return Address(peer, peer)
        for entry in reversed(farther_hops.split(",")):
            if nearest.text not in self._trusted:
                break
            farther = parse_address(_without_port(entry.strip()))
            if farther is None:
                break
            nearest = farther
        if nearest.text in self._trusted:
            return msgspec.structs.replace(nearest, is_proxy=True)
        return nearest


def forwarded_for(found: Mapping[bytes, bytes], headers: HeaderFields) -> str | None:
    """The value of ``X-Forwarded-For``; ``found`` is ``dict(headers)``. Repeated headers form one
    list, in order."""
    value = found.get(b"x-forwarded-for")
    if value is None:
        return None
    if len(found) != len(headers):
        value = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    return value.decode("latin-1")


def _without_port(entry: str) -> str:
    """Some proxies write ``203.0.113.7:4711`` or ``[2001:db8::1]:4711``."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry

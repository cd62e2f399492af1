"""Which addresses the server asks on an admin's behalf: no further than the admin could go.

Everybody may have it ask the public internet, a caller from an intranet also intranets, a caller on
this machine also this machine. Addresses where clouds keep their secrets are for nobody. An IPv4
address in an IPv6 one is judged as what it is, whatever network translates it.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

IpAddress: TypeAlias = IPv4Address | IPv6Address

_INTRANETS = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
)
_GLOBAL_IPV6 = ip_network("2000::/3")
_NOBODYS = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's host
            "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle's metadata
            "192.88.99.0/24",  # relays of 6to4
            "100.100.100.200/32",  # Alibaba's metadata
            "fd00:ec2::/32",  # Amazon's
            "fd00:c1::/32",  # Oracle's
            "fd20:ce::/32",  # Google's
            "2001::/23",  # protocol assignments, Teredo among them
            "3fff::/20",  # documentation
        ),
    )
)
_LOW_32_BITS = tuple(
    map(
        IPv6Network,
        (
            "::/96",  # IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated
            "64:ff9b::/96",  # NAT64
        ),
    )
)
"""Networks whose last 32 bits are an IPv4 address."""
_LOCAL = frozenset(map(IPv6Address, ("::", "::1")))
_6TO4 = IPv6Network("2002::/16")


def may_ask(address: IpAddress, caller: IpAddress) -> bool:
    """Whether ``caller`` may have the server ask ``address``."""
    address = _unwrapped(address)
    caller = (isinstance(caller, IPv6Address) and caller.ipv4_mapped) or caller
    if _is_in(address, _NOBODYS):
        return False
    if address.is_loopback:
        return caller.is_loopback
    if _is_in(address, _INTRANETS):
        return caller.is_loopback or _is_in(caller, _INTRANETS)
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return False
    return address.is_global and not address.is_multicast


def _unwrapped(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 address stands for, if any."""
    if isinstance(address, IPv6Address) and address not in _LOCAL:
        if any(address in network for network in _LOW_32_BITS):
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _6TO4:
            return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


def _is_in(address: IpAddress, networks: tuple[object, ...]) -> bool:
    return any(address in network for network in networks)  # type: ignore[operator]

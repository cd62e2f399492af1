"""The decision alone: nothing here is asked."""

from ipaddress import ip_address

import pytest

from footfall.page_address import may_ask

HERE, PUBLIC, INTRANET = "127.0.0.1", "9.9.9.9", "10.0.0.7"
ON_THIS_MACHINE = (HERE, "::1", "::ffff:127.0.0.1")

WEB = (
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",  # NAT64
    "2002:808:808::1",  # 6to4
)
INTRANETS = (
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "fd12:3456::1",
    "::ffff:10.1.2.3",
    "64:ff9b::10.1.2.3",
    "2002:a01:203::1",
)
THIS_MACHINE = (
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::",
)
NOBODYS = (
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::",
    "fe80::1",
    "168.63.129.16",
    "64:ff9b::168.63.129.16",
    "2002:a83f:8110::1",
    "192.0.0.192",
    "100.100.100.200",
    "100.64.0.1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "ff0e::1",
    "240.0.0.1",
    "255.255.255.255",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "64:ff9b:1::8.8.8.8",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "4000::1",
)


@pytest.mark.parametrize(
    ("addresses", "callers"),
    [
        (WEB, (HERE, PUBLIC, INTRANET, "::1", "2606:4700::1")),
        (INTRANETS, (*ON_THIS_MACHINE, INTRANET, "fd12:3456::9", "::ffff:10.0.0.7")),
        (THIS_MACHINE, ON_THIS_MACHINE),
        (NOBODYS, ()),
    ],
)
def test_nobody_has_the_server_ask_what_they_could_not(
    addresses: tuple[str, ...], callers: tuple[str, ...]
) -> None:
    everybody = {HERE, PUBLIC, INTRANET, "::1", "2606:4700::1", "fd12:3456::9"}
    everybody |= {"::ffff:10.0.0.7", "::ffff:127.0.0.1", "::127.0.0.1", "2002:7f00:1::"}
    for address in addresses:
        for caller in everybody:
            if address not in WEB or caller in callers:
                is_allowed = may_ask(ip_address(address), ip_address(caller))
                assert is_allowed == (caller in callers), (address, caller)

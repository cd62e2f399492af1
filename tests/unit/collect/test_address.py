import pytest

from footfall.collect.address import Networks, TrustedProxies, parse_address

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("text", "spelled", "network"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0:0::7", "2001:db8::7", "20010db800000000"),
        ("fe80::1%eth0", "fe80::1", "fe80000000000000"),
    ],
)
def test_addresses_are_normalized(text: str, spelled: str, network: str) -> None:
    address = parse_address(text)

    assert address is not None
    assert (address.text, address.network) == (spelled, network)


def test_addresses_of_one_ipv6_prefix_share_a_network() -> None:
    texts = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    one, two, other = (address.network for text in texts if (address := parse_address(text)))

    assert one == two != other


@pytest.mark.parametrize(
    "text",
    ["", "example.com", "1.2.3", "1.2.3.4.5", "01.2.3.4", "[::1]", ":", "\0", "\uff11.2.3.4"],
)
def test_an_invalid_address_gives_none(text: str) -> None:
    assert parse_address(text) is None


def test_networks_contain_addresses_of_both_versions() -> None:
    networks = Networks(("198.51.100.9", "10.0.0.0/8", " 2001:db8::/32 "))

    assert "198.51.100.9" in networks
    assert "10.20.30.40" in networks
    assert "2001:db8:1::1" in networks
    assert "198.51.100.10" not in networks


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # an untrusted peer
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the left one is forged
        ("127.0.0.1", "198.51.100.1, 127.0.0.9", "198.51.100.1"),  # two proxies
        ("127.0.0.1", "127.0.0.2", "127.0.0.2"),
        ("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_forwarded_addresses_are_read_only_from_trusted_proxies(
    peer: str, forwarded: str | None, client: str
) -> None:
    assert TrustedProxies(LOOPBACK).client(peer, forwarded).text == client


def test_a_peer_without_an_ip_address_is_used_as_it_is() -> None:
    assert TrustedProxies(LOOPBACK).client("testclient", "198.51.100.1").text == "testclient"

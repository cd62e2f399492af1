"""Visitors as a public server sees them, the same on every run.

User agents have the formats, versions and devices of real browsers. Each visitor has a different
user agent and a different address.
"""

import random
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import msgspec

PAGES = ["/", "/pricing", "/blog", "/signup", "/about", "/contact"]
PAGES += [f"/docs/{topic}" for topic in ("install", "start", "pages", "events", "goals", "api")]
PAGES += [f"/blog/post-{number}" for number in range(26)]
ID = b"############"
HOST = "https://www.example.com"
REFERRERS = [
    None,
    None,
    f"{HOST}/",
    f"{HOST}/docs/start",
    f"{HOST}/blog",
    "https://www.google.com/",
    "https://www.google.de/search?q=analytics",
    "https://news.ycombinator.com/item?id=1",
    "https://t.co/abc",
    "https://chatgpt.com/",
]
SCREENS = [(1920, 1080), (1440, 900), (2560, 1440), (390, 844), (412, 915), (820, 1180)]

_DESKTOPS = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "X11; CrOS x86_64 14541.0.0",
]
_PHONES = [f"SM-{series}{number}{region}" for series in "AGSN" for number in range(105, 995, 11)
           for region in "BFU"]  # fmt: skip
_PHONES += [f"Pixel {number}{kind}" for number in range(3, 11) for kind in ("", "a", " Pro")]
_PHONES += [f"M2{year}{number}SG" for year in range(4) for number in range(100, 129)]
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


class Visitor(msgspec.Struct, frozen=True):
    user_agent: str
    address: str


def _chrome(dice: random.Random) -> str:
    return (
        f"Mozilla/5.0 ({dice.choice(_DESKTOPS)}) {_KIT} "
        f"Chrome/{dice.randint(101, 142)}.0.0.0 Safari/537.36"
    )


def _edge(dice: random.Random) -> str:
    major = dice.randint(101, 142)
    return (
        f"Mozilla/5.0 ({_DESKTOPS[dice.randrange(2)]}) {_KIT} Chrome/{major}.0.0.0 "
        f"Safari/537.36 Edg/{major}.0.{dice.randint(1000, 3700)}.{dice.randint(20, 99)}"
    )


def _firefox(dice: random.Random) -> str:
    major = dice.randint(91, 145)
    system = dice.choice([*_DESKTOPS[:3], "Android 13; Mobile", "X11; Ubuntu; Linux x86_64"])
    return f"Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"


def _safari(dice: random.Random) -> str:
    major, minor, patch = dice.randint(14, 26), dice.randint(0, 7), dice.randint(0, 4)
    device = dice.choice(["iPhone; CPU iPhone OS", "iPad; CPU OS"])
    return (
        f"Mozilla/5.0 ({device} {major}_{minor}_{patch} like Mac OS X) AppleWebKit/605.1.15 "
        f"(KHTML, like Gecko) Version/{major}.{minor} Mobile/15E148 Safari/604.1"
    )


def _android(dice: random.Random) -> str:
    return (
        f"Mozilla/5.0 (Linux; Android {dice.randint(9, 16)}; {dice.choice(_PHONES)}) {_KIT} "
        f"Chrome/{dice.randint(101, 142)}.0.{dice.randint(4900, 7500)}.{dice.randint(20, 199)} "
        "Mobile Safari/537.36"
    )


def _samsung(dice: random.Random) -> str:
    return (
        f"Mozilla/5.0 (Linux; Android {dice.randint(10, 16)}; {dice.choice(_PHONES)}) {_KIT} "
        f"SamsungBrowser/{dice.randint(17, 29)}.0 Chrome/{dice.randint(101, 130)}.0.0.0 "
        "Mobile Safari/537.36"
    )


_FAMILIES: list[Callable[[random.Random], str]] = [
    _chrome, _chrome, _edge, _firefox, _safari, _safari, _android, _android, _android, _samsung
]  # fmt: skip


def visitors(count: int) -> list[Visitor]:
    """``count`` visitors, no two with the same user agent or address."""
    dice = random.Random(20_000)
    agents: dict[str, None] = {}
    while len(agents) < count:
        agents[dice.choice(_FAMILIES)(dice)] = None
    addresses: dict[str, None] = {}
    while len(addresses) < count:
        addresses[_address(dice)] = None
    return [Visitor(*pair) for pair in zip(agents, addresses, strict=True)]


def _address(dice: random.Random) -> str:
    if dice.random() < 0.25:
        return str(IPv6Address((0x2A00 + dice.randrange(16) << 112) + dice.getrandbits(100)))
    while True:
        address = IPv4Address(dice.randrange(1 << 24, 224 << 24))
        if address.is_global:
            return str(address)


def page_view(dice: random.Random, site: str) -> dict[str, object]:
    """What the tracker posts, without the event's id."""
    width, height = dice.choice(SCREENS)
    page = dice.choice(PAGES)
    event = {
        "s": site,
        "e": "pageview",
        "u": HOST + page,
        "t": f"Example: {page.strip('/') or 'home'}",
        "sw": width,
        "sh": height,
        "sid": f"{dice.getrandbits(48):012x}",
    }
    referrer = dice.choice(REFERRERS)
    return event if referrer is None else {**event, "r": referrer}


def beacon(visitor: Visitor, event: dict[str, object]) -> bytes:
    """The raw ``POST /collect`` of a visitor's browser, as forwarded by a proxy on loopback."""
    body = msgspec.json.encode(event)
    head = (
        "POST /collect HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"User-Agent: {visitor.user_agent}\r\nX-Forwarded-For: {visitor.address}\r\n"
        f"Origin: {HOST}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Accept: */*\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n"
    )
    return head.encode() + body


def beacons(site: str, count: int) -> list[bytes]:
    """One page view per visitor, with ``ID`` as a placeholder for the event's id."""
    dice = random.Random(1)
    return [
        beacon(visitor, {**page_view(dice, site), "id": ID.decode()}) for visitor in visitors(count)
    ]

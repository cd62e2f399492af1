import pytest

from footfall.collect.address import TrustedProxies
from footfall.collect.caller import MAX_USER_AGENT, Callers
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotAuthenticated, RateLimited
from footfall.model import GeoPlace
from tests.ingesting import NOW


def callers(per_second: float = 0) -> Callers:
    return Callers(
        TrustedProxies(("127.0.0.0/8",)),
        RateLimiter(per_second),
        {"secret": "a"}.get,
        lambda: NOW,
    )


def test_the_headers_of_a_browser_are_read() -> None:
    headers = [(b"user-agent", b"Caf\xe9/1"), (b"origin", b"https://example.com")]

    found = callers().read(headers, "203.0.113.7")

    assert found.now == NOW
    assert found.address.text == "203.0.113.7"
    assert found.user_agent == "Café/1"
    assert found.origin == "https://example.com"
    assert not found.do_not_track
    assert found.write_site is None


def test_a_request_without_headers_gets_defaults() -> None:
    found = callers().read([], None)

    assert (found.address.text, found.user_agent, found.origin) == ("127.0.0.1", "", None)


NEAR_MUNICH = [
    (b"cf-ipcountry", b"DE"),
    (b"cf-region", b"Bavaria"),
    (b"cf-ipcity", "München".encode()),
]


def located(headers: list[tuple[bytes, bytes]], peer: str, geo_headers: str) -> GeoPlace | None:
    proxies = TrustedProxies(("127.0.0.0/8",))
    reading = Callers(proxies, RateLimiter(0), lambda _: None, lambda: NOW, geo_headers)
    return reading.read(headers, peer).place


def test_a_trusted_proxy_tells_where_the_visitor_is() -> None:
    munich = GeoPlace("DE", "Bavaria, DE", "München, Bavaria, DE")
    assert located(NEAR_MUNICH, "127.0.0.1", "cloudflare") == munich
    vercel = [
        (b"x-vercel-ip-country", b"BR"),
        (b"x-vercel-ip-country-region", b"SP"),
        (b"x-vercel-ip-city", b"S%C3%A3o%20Paulo"),
    ]
    assert located(vercel, "127.0.0.1", "vercel") == GeoPlace("BR", "SP, BR", "São Paulo, SP, BR")
    cloudfront = [(b"cloudfront-viewer-country", b"FR")]
    assert located(cloudfront, "127.0.0.1", "cloudfront") == GeoPlace("FR")


@pytest.mark.parametrize(
    ("headers", "peer", "geo_headers"),
    [
        (NEAR_MUNICH, "203.0.113.7", "cloudflare"),
        (NEAR_MUNICH, "127.0.0.1", ""),
        (NEAR_MUNICH, "127.0.0.1", "vercel"),
        ([(b"cf-ipcountry", b"XX")], "127.0.0.1", "cloudflare"),
        ([(b"cf-ipcountry", b"T1")], "127.0.0.1", "cloudflare"),
        ([(b"cf-ipcountry", b"Germany")], "127.0.0.1", "cloudflare"),
        ([(b"cf-ipcity", b"Rome")], "127.0.0.1", "cloudflare"),
    ],
)
def test_nobody_else_does(headers: list[tuple[bytes, bytes]], peer: str, geo_headers: str) -> None:
    assert located(headers, peer, geo_headers) is None


def test_names_of_places_are_cut_and_printable() -> None:
    headers = [(b"cf-ipcountry", b"DE"), (b"cf-region", b"a\0b"), (b"cf-ipcity", b"x" * 9_000)]
    found = located(headers, "127.0.0.1", "cloudflare")
    assert found == GeoPlace("DE", None, "x" * 64 + ", DE")


def test_a_long_user_agent_is_cut() -> None:
    headers = [(b"user-agent", b"x" * 10_000)]

    assert len(callers().read(headers, "203.0.113.7").user_agent) == MAX_USER_AGENT


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ((b"dnt", b"1"), True),
        ((b"sec-gpc", b"1"), True),
        ((b"dnt", b"0"), False),
        ((b"dnt", b"null"), False),
    ],
)
def test_do_not_track_headers_are_read(header: tuple[bytes, bytes], expected: bool) -> None:
    assert callers().read([header], "203.0.113.7").do_not_track is expected


def test_repeated_forwarded_headers_are_one_list() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"127.0.0.2")]

    assert callers().read(headers, "127.0.0.1").address.text == "198.51.100.1"


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer"])
def test_a_write_token_names_its_site(scheme: bytes) -> None:
    headers = [(b"authorization", scheme + b" secret")]

    assert callers().read(headers, "203.0.113.7").write_site == "a"


@pytest.mark.parametrize("value", [b"", b"secret", b"Bearer wrong", b"Basic secret", b"\xff"])
def test_an_unknown_token_is_refused_and_not_ignored(value: bytes) -> None:
    with pytest.raises(NotAuthenticated, match="--scope write"):
        callers().read([(b"authorization", value)], "203.0.113.7")


def test_the_rate_limit_applies_to_addresses_but_not_to_write_tokens() -> None:
    limited = callers(per_second=1)
    for _ in range(2):
        limited.read([], "203.0.113.7")

    with pytest.raises(RateLimited):
        limited.read([], "203.0.113.7")
    with pytest.raises(RateLimited):
        limited.read([(b"authorization", b"Bearer guess")], "203.0.113.7")
    for _ in range(9):
        limited.read([(b"authorization", b"Bearer secret")], "203.0.113.7")

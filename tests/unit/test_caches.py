"""What strangers send is not kept for good, however much of it there is."""

from collections.abc import Callable

import pytest

from footfall.caches import MAX_TEXT, MIB, cached
from footfall.collect.address import TrustedProxies, parse_address
from footfall.enrich.source import Sources, referrer_host
from footfall.urls import cut, utm
from tests.memory import kept

PROXIES = TrustedProxies(["127.0.0.0/8"])
SOURCES = Sources()


def _url(text: str) -> str:
    return f"https://example.com/{text[:2000]}"


@pytest.mark.parametrize(
    "keep",
    [
        lambda text: cut(_url(text)),
        lambda text: utm(f"https://example.com/?utm_source={text}"),
        lambda text: referrer_host(_url(text)),
        SOURCES._by_host,
        parse_address,
        lambda text: PROXIES.client("127.0.0.1", text),
    ],
    ids=["url", "utm", "referrer", "host", "address", "x-forwarded-for"],
)
@pytest.mark.parametrize("filling", ["a", "🦊"], ids=["ascii", "emoji"])
def test_long_texts_are_not_kept(keep: Callable[[str], object], filling: str) -> None:
    """1,000 texts of 8 KB; kept, they would take 8 MB and more."""

    def fill() -> None:
        for number in range(1000):
            keep(f"{number}{filling * 8000}")

    assert kept(fill) < 1_000_000


def test_short_texts_are_kept() -> None:
    calls: list[str] = []

    @cached(MIB)
    def measure(text: str) -> int:
        calls.append(text)
        return len(text)

    short, long = "a" * MAX_TEXT, "a" * (MAX_TEXT + 1)
    assert [measure(text) for text in (short, short, long, long)] == [512, 512, 513, 513]
    assert calls == [short, long, long]


@pytest.mark.parametrize("filling", ["a", "🦊"], ids=["ascii", "emoji"])
def test_many_short_texts_stay_within_the_bytes(filling: str) -> None:
    measure = cached(MIB)(lambda text: text + text)

    def fill() -> None:
        for number in range(20_000):
            measure(f"{number}{filling * 400}")

    assert kept(fill) < 1.2 * MIB


def test_what_is_used_again_stays() -> None:
    calls: list[str] = []

    @cached(MIB // 8)
    def measure(text: str) -> int:
        calls.append(text)
        return len(text)

    for number in range(5000):
        measure("often")
        measure(f"once {number}")
    assert calls.count("often") == 1
    assert len(calls) == 5001

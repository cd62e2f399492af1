import json
from typing import Any

import pytest

from footfall.enrich.source import DATA, Sources, name_campaign
from tests.ingesting import draft, rules


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources()


def named(sources: Sources, domains: tuple[str, ...] = (), **fields: Any) -> str | None:
    visit = draft(rules(domains=domains), **fields)
    sources.name(visit)
    return visit.source


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        (None, "Direct"),
        ("https://www.google.com/", "Google"),
        ("https://www.google.co.uk/", "Google"),
        ("https://duckduckgo.com/", "DuckDuckGo"),
        ("https://kagi.com/", "Kagi"),
        ("https://search.brave.com/", "Brave Search"),
        ("https://l.facebook.com/", "Facebook"),
        ("https://t.co/", "Twitter"),
        ("https://x.com/", "Twitter"),
        ("https://bsky.app/", "Bluesky"),
        ("https://old.reddit.com/", "Reddit"),
        ("https://news.ycombinator.com/", "Hacker News"),
        ("https://www.youtube.com/", "YouTube"),
        ("https://chatgpt.com/", "ChatGPT"),
        ("https://www.perplexity.ai/", "Perplexity"),
        ("https://claude.ai/", "Claude"),
        ("https://gemini.google.com/", "Gemini"),
        ("https://copilot.microsoft.com/", "Copilot"),
        ("https://mail.google.com/", "Gmail"),
        ("https://outlook.live.com/", "Outlook"),
        ("android-app://com.google.android.gm/", "Gmail"),
        ("android-app://com.unknown.app/", "com.unknown.app"),
        ("https://www.unknown.example/", "unknown.example"),
        ("https://unknown.example:8080/", "unknown.example"),
        ("https://mygoogle.com/", "mygoogle.com"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://[2001:db8::1]:81/", "[2001:db8::1]"),
    ],
)
def test_the_source_of_an_arrival(sources: Sources, referrer: str | None, source: str) -> None:
    assert named(sources, referrer=referrer) == source


@pytest.mark.parametrize(
    ("host", "referrer"),
    [
        ("example.com", "https://example.com/"),
        ("example.com", "https://www.example.com/docs"),
        ("www.example.com", "http://example.com:8080/"),
        ("example.com", "https://shop.example/"),
        ("other.example", "https://www.shop.example/"),
    ],
)
def test_navigation_within_the_site_is_no_arrival(
    sources: Sources, host: str, referrer: str
) -> None:
    assert named(sources, ("shop.example", "www.example.com"), host=host, referrer=referrer) is None


def test_a_subdomain_that_is_not_listed_is_outside(sources: Sources) -> None:
    source = named(sources, ("example.com",), referrer="https://blog.example.com/")

    assert source == "blog.example.com"


@pytest.mark.parametrize(
    ("utm_source", "source"),
    [
        ("google", "Google"),
        ("FB", "Facebook"),
        ("chatgpt.com", "ChatGPT"),
        ("www.reddit.com", "Reddit"),
        ("Spring Mailing", "Spring Mailing"),
    ],
)
def test_utm_source_makes_an_arrival(sources: Sources, utm_source: str, source: str) -> None:
    inside = "https://example.com/"

    assert named(sources, referrer=inside, utm={"source": utm_source}) == source


def test_other_utm_fields_make_no_arrival(sources: Sources) -> None:
    assert named(sources, referrer="https://example.com/", utm={"campaign": "x"}) is None


@pytest.mark.parametrize("kind", ["event", "outbound", "ping", "leave"])
def test_only_page_views_are_arrivals(sources: Sources, kind: str) -> None:
    assert named(sources, type=kind, referrer="https://www.google.com/") is None


def test_our_own_list_of_sources_is_normalized_and_sorted() -> None:
    names = json.loads((DATA / "newer_sources.json").read_text())

    for table in names.values():
        assert list(table) == sorted(table)
        assert not [key for key in table if key != key.lower() or key.startswith("www.")]


@pytest.mark.parametrize(
    ("source", "utm", "campaign"),
    [
        ("Direct", {"campaign": "spring"}, "spring"),
        ("Google", {"source": "google"}, None),
        ("Google", None, None),
        (None, {"campaign": "spring"}, None),
    ],
)
def test_the_campaign_of_an_arrival(
    source: str | None, utm: dict[str, str] | None, campaign: str | None
) -> None:
    visit = draft(utm=utm)
    visit.source = source

    name_campaign(visit)

    assert visit.campaign == campaign

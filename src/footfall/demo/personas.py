"""Kinds of visitors: how they arrive, where they land and how many pages they view."""

import random
from urllib.parse import urlencode

import msgspec

from footfall.demo import browsers, places
from footfall.demo.browsers import Browser


class WayIn(msgspec.Struct, frozen=True):
    """A referrer and the UTM fields of the followed link; both may be empty."""

    share: float
    referrer: str = ""
    utm: dict[str, str] = {}


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    share: float
    name: str
    landings: dict[str, float]
    ways_in: tuple[WayIn, ...]
    pages: float
    """About how many pages they view, on average."""
    tabs: float = 0.05
    """Probability that a link is opened in a new tab."""
    do_not_track: float = 0.02
    robot: bool = False


class SimulatedVisitor(msgspec.Struct, frozen=True, kw_only=True):
    persona: Persona
    address: str
    browser: Browser
    do_not_track: bool
    landing: str
    referrer: str
    query: str


def _campaign(source: str, medium: str, campaign: str) -> dict[str, str]:
    return {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}


SEARCH = (
    WayIn(70, "https://www.google.com/"),
    WayIn(10, "https://www.bing.com/"),
    WayIn(10, "https://duckduckgo.com/"),
    WayIn(4, "https://www.ecosia.org/"),
    WayIn(3, "https://search.brave.com/"),
    WayIn(3, "https://kagi.com/"),
)
ASSISTANTS = (
    WayIn(60, "https://chatgpt.com/", {"utm_source": "chatgpt.com"}),
    WayIn(15, "https://www.perplexity.ai/"),
    WayIn(10, "https://claude.ai/"),
    WayIn(10, "https://gemini.google.com/"),
    WayIn(5, "https://copilot.microsoft.com/"),
)
SOCIAL = (
    WayIn(25, "https://l.instagram.com/"),
    WayIn(20, "https://www.reddit.com/"),
    WayIn(15, "https://t.co/"),
    WayIn(15, "https://www.pinterest.com/"),
    WayIn(10, "https://news.ycombinator.com/"),
    WayIn(8, "https://mastodon.social/"),
    WayIn(7, "https://bsky.app/"),
)
LETTER = (
    WayIn(60, "", _campaign("letter", "email", "late-autumn")),
    WayIn(40, "https://mail.google.com/", _campaign("letter", "email", "late-autumn")),
)
ADS = (
    WayIn(60, "https://www.google.com/", _campaign("google", "cpc", "easy-plants")),
    WayIn(40, "https://l.instagram.com/", _campaign("instagram", "paid-social", "pots")),
)
DIRECT = (WayIn(1),)

PERSONAS = (
    Persona(
        share=34,
        name="searcher",
        landings={"/guides/watering": 4, "/guides/light": 2, "/plants/monstera": 3, "/": 2},
        ways_in=SEARCH,
        pages=3.2,
    ),
    Persona(
        share=10,
        name="asker",
        landings={"/guides/watering": 3, "/guides/light": 3, "/plants/calathea": 1},
        ways_in=ASSISTANTS,
        pages=2.6,
    ),
    Persona(
        share=20,
        name="passer-by",
        landings={"/": 4, "/finder": 3, "/plants/calathea": 1, "/about": 1},
        ways_in=SOCIAL,
        pages=2,
    ),
    Persona(
        share=9,
        name="subscriber",
        landings={"/": 1, "/guides/light": 2, "/plants": 2},
        ways_in=LETTER,
        pages=5,
        tabs=0.15,
    ),
    Persona(
        share=9,
        name="bargain hunter",
        landings={"/plants": 3, "/plants/calathea": 2, "/plants/monstera": 2},
        ways_in=ADS,
        pages=3.5,
    ),
    Persona(
        share=14,
        name="regular",
        landings={"/": 4, "/plants": 2, "/guides": 1},
        ways_in=DIRECT,
        pages=5.5,
        tabs=0.12,
        do_not_track=0.06,
    ),
    Persona(
        share=4,
        name="robot",
        landings={"/": 3, "/plants": 1, "/guides": 1},
        ways_in=DIRECT,
        pages=3,
        do_not_track=0,
        robot=True,
    ),
)


def visitor(rng: random.Random) -> SimulatedVisitor:
    """A new random visitor."""
    persona = rng.choices(PERSONAS, [each.share for each in PERSONAS])[0]
    way_in = rng.choices(persona.ways_in, [each.share for each in persona.ways_in])[0]
    return SimulatedVisitor(
        persona=persona,
        address=places.address(rng),
        browser=(browsers.bot if persona.robot else browsers.browser)(rng),
        do_not_track=rng.random() < persona.do_not_track,
        landing=choose(persona.landings, rng),
        referrer=way_in.referrer,
        query=f"?{urlencode(way_in.utm)}" if way_in.utm else "",
    )


def choose(weights: dict[str, float], rng: random.Random) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]

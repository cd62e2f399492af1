"""The shop's pages: the title, usual stay, onward links and actions of each.

Both the served pages and the simulated journeys follow this map.
"""

import msgspec

ROOT = "/demo"


class Action(msgspec.Struct, frozen=True):
    """Something that a fraction ``share`` of a page's visitors do there."""

    share: float
    name: str = ""
    """Name of the custom event; empty for an outbound click to ``url``."""
    props: dict[str, str | int] = {}
    url: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    seconds: float
    """The median stay."""
    onward: dict[str, float]
    """Paths below ``ROOT`` that it links to, and their weights."""
    actions: tuple[Action, ...] = ()
    spa: bool = False
    """Reached from other such pages by ``pushState``, without loading a document."""


def _basket(product: str, price: int, share: float) -> Action:
    return Action(share, "add_to_basket", {"product": product, "value": price})


PAGES: dict[str, Page] = {
    "/": Page(
        title="Houseplants in handmade pots",
        seconds=12,
        onward={"/plants": 5, "/finder": 3, "/guides": 2, "/plants/monstera": 2, "/about": 1},
    ),
    "/plants": Page(
        title="All plants",
        seconds=16,
        onward={"/plants/monstera": 4, "/plants/calathea": 3, "/finder": 1, "/": 0.5},
    ),
    "/plants/monstera": Page(
        title="Monstera",
        seconds=28,
        onward={"/plants": 3, "/guides/watering": 2, "/plants/calathea": 2, "/newsletter": 1},
        actions=(
            _basket("monstera", 38, 0.22),
            Action(0.06, url="https://en.wikipedia.org/wiki/Monstera_deliciosa"),
        ),
    ),
    "/plants/calathea": Page(
        title="Calathea",
        seconds=25,
        onward={"/plants": 3, "/guides/watering": 2, "/plants/monstera": 2, "/newsletter": 1},
        actions=(_basket("calathea", 29, 0.17),),
    ),
    "/guides": Page(
        title="Care guides",
        seconds=14,
        onward={"/guides/watering": 4, "/guides/light": 3, "/newsletter": 1, "/": 0.5},
    ),
    "/guides/watering": Page(
        title="Watering, without guessing",
        seconds=55,
        onward={"/guides/light": 2, "/plants": 2, "/newsletter": 2, "/guides": 1},
        actions=(
            Action(0.12, "guide_helpful", {"guide": "watering"}),
            Action(0.05, url="https://www.rhs.org.uk/plants/types/houseplants"),
        ),
    ),
    "/guides/light": Page(
        title="How bright is bright?",
        seconds=48,
        onward={"/finder": 3, "/guides/watering": 2, "/newsletter": 1, "/guides": 1},
        actions=(Action(0.1, "guide_helpful", {"guide": "light"}),),
    ),
    "/finder": Page(title="Plant finder", seconds=7, onward={"/finder/light": 8, "/": 1}, spa=True),
    "/finder/light": Page(
        title="Plant finder: light",
        seconds=8,
        onward={"/finder/care": 8, "/finder": 1},
        spa=True,
    ),
    "/finder/care": Page(
        title="Plant finder: care",
        seconds=8,
        onward={"/finder/match": 8, "/finder/light": 1},
        spa=True,
    ),
    "/finder/match": Page(
        title="Plant finder: your match",
        seconds=15,
        onward={"/plants/monstera": 3, "/plants/calathea": 3, "/finder": 1},
        actions=(Action(0.3, "match_saved"),),
        spa=True,
    ),
    "/about": Page(
        title="The workshop",
        seconds=22,
        onward={"/plants": 3, "/newsletter": 1, "/": 1},
        actions=(Action(0.1, url="https://www.openstreetmap.org/"),),
    ),
    "/newsletter": Page(
        title="The letter",
        seconds=18,
        onward={"/thanks": 3, "/": 1},
    ),
    "/thanks": Page(title="Thank you", seconds=9, onward={"/plants": 1, "/": 1}),
}

SIGNUP = "signup"
"""The custom event of the form on ``/newsletter``."""
AFTER_SIGNUP = "/thanks"
"""Where that form leads; no link leads there."""


def path_of(page: str) -> str:
    """``/`` is ``/demo/``, ``/plants`` is ``/demo/plants``."""
    return ROOT + page


def title_of(page: str) -> str:
    return f"{PAGES[page].title} · Fern & Clay"

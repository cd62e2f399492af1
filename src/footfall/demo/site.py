"""The demo site in the catalog: public, with goals and a token for the simulated visitors."""

import secrets
from contextlib import suppress

import msgspec

from footfall.catalog import tokens
from footfall.catalog.port import Catalog
from footfall.clock import now_ms
from footfall.demo.sitemap import path_of
from footfall.errors import AlreadyExists
from footfall.model import Goal, Site, SiteRules, Token

SITE_ID = "demo"


class DemoSite(msgspec.Struct, frozen=True):
    site: Site
    write_token: str
    """The secret itself."""


_GOALS = (
    Goal(
        id="letter",
        site_id=SITE_ID,
        name="Letter ordered",
        kind="path",
        value=path_of("/thanks"),
    ),
    Goal(id="basket", site_id=SITE_ID, name="Basket", kind="event", value="add_to_basket"),
    Goal(
        id="guide",
        site_id=SITE_ID,
        name="Guide read",
        kind="path",
        match="starts_with",
        value=path_of("/guides/"),
    ),
    Goal(
        id="match",
        site_id=SITE_ID,
        name="Plant found",
        kind="path",
        value=path_of("/finder/match"),
    ),
)


SITE_RULES = SiteRules(
    Site(
        id=SITE_ID, name="Fern & Clay (demo)", public=True, public_history=True, public_visits=True
    ),
    _GOALS,
)


async def prepare(catalog: Catalog) -> DemoSite:
    """Create the demo site unless it is there. Each call creates another write token."""
    site = SITE_RULES.site
    with suppress(AlreadyExists):
        await catalog.put_site(site)
        for goal in _GOALS:
            await catalog.put_goal(goal)
    secret = tokens.new_secret()
    await catalog.put_token(
        Token(
            id=secrets.token_hex(8),
            scope="write",
            digest=tokens.digest(secret),
            created=now_ms(),
            site_id=SITE_ID,
            name="simulated visitors",
        )
    )
    return DemoSite(site, secret)

"""An unfinished event: what the enrichment steps read and fill in."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from footfall.model import DropReason, GeoPlace, Hit, Scalar, SiteRules


class Agent(msgspec.Struct, frozen=True, gc=False):
    """What a user agent string says; None if it does not say."""

    browser: str | None
    os: str | None
    device: str | None
    bot: bool = False


NOWHERE = GeoPlace()
UNKNOWN_AGENT = Agent(None, None, None)


class Draft(msgspec.Struct, gc=False):
    """A hit, and its event as known so far. The fields after ``agent`` are those of Event."""

    hit: Hit
    rules: SiteRules
    props: dict[str, Scalar] | None
    agent: Agent = UNKNOWN_AGENT
    visitor: int = 0
    previous_visitor: int | None = None
    place: GeoPlace = NOWHERE
    name: str | None = None
    url: str | None = None
    source: str | None = None
    campaign: str | None = None
    goals: tuple[str, ...] = ()


EnrichmentStep: TypeAlias = Callable[[Draft], DropReason | None]
"""Fills in its part of the draft, or returns why the event is dropped."""

"""An event in the making: what the steps of enrichment read and fill in."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from footfall.model import DropReason, Hit, Scalar, SiteRules


class Agent(msgspec.Struct, frozen=True, gc=False):
    """What a user agent string tells; None where it tells nothing."""

    browser: str | None
    os: str | None
    device: str | None
    bot: bool = False


UNKNOWN_AGENT = Agent(None, None, None)


class Draft(msgspec.Struct, gc=False):
    """Mutable and short-lived; the fields after ``props`` are those of Event."""

    hit: Hit
    rules: SiteRules
    props: dict[str, Scalar] | None
    agent: Agent = UNKNOWN_AGENT
    visitor: int = 0
    previous_visitor: int | None = None
    country: str | None = None
    name: str | None = None
    url: str | None = None
    source: str | None = None
    campaign: str | None = None
    goals: tuple[str, ...] = ()


Step: TypeAlias = Callable[[Draft], DropReason | None]
"""Fills in its part of the draft, or says why the event is not wanted."""

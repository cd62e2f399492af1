"""Turns a hit into an event, step by step. The address is not passed on."""

from collections.abc import Callable
from datetime import date

from footfall.enrich.bots import drop_bots
from footfall.enrich.draft import Draft, EnrichmentStep
from footfall.enrich.geo import FindPlace, Locations, registered
from footfall.enrich.goals import Goals
from footfall.enrich.properties import lift_properties
from footfall.enrich.source import Sources, name_campaign
from footfall.enrich.user_agent import UserAgents
from footfall.enrich.visitor import VisitorHashes
from footfall.model import DropReason, Event, Hit, SiteRules


def enrichment_steps(
    salts: Callable[[date], bytes],
    retention_ms: int,
    find_place: FindPlace = registered,
    goals: Goals | None = None,
) -> tuple[EnrichmentStep, ...]:
    """The order matters twice: bots are dropped before any other work, and a campaign needs its
    source."""
    return (
        UserAgents().identify,
        drop_bots,
        VisitorHashes(salts, retention_ms).identify,
        Locations(find_place).locate,
        Sources().name,
        name_campaign,
        lift_properties,
        (goals or Goals()).match,
    )


class Enricher:
    """Runs the steps on each hit."""

    def __init__(self, steps: tuple[EnrichmentStep, ...]) -> None:
        self._steps = steps

    def enrich(self, hit: Hit, rules: SiteRules) -> Event | DropReason:
        draft = Draft(hit, rules, hit.props)
        for step in self._steps:
            reason = step(draft)
            if reason is not None:
                return reason
        return _event(draft)


def _event(draft: Draft) -> Event:
    hit, agent = draft.hit, draft.agent
    return Event(
        hit.site,
        hit.time,
        hit.id,
        hit.type,
        draft.visitor,
        hit.host,
        hit.path,
        draft.previous_visitor,
        hit.sid,
        hit.title,
        draft.name,
        draft.url,
        hit.referrer,
        draft.source,
        draft.campaign,
        draft.place.country,
        agent.device,
        agent.browser,
        agent.os,
        draft.goals,
        hit.utm,
        draft.props,
        draft.place.region,
        draft.place.city,
    )

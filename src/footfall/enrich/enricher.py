"""A hit becomes an event: the steps, in order. The address ends here."""

from collections.abc import Callable
from datetime import date

from footfall.enrich.bots import drop_bots
from footfall.enrich.campaign import name_campaign
from footfall.enrich.draft import Draft, Step
from footfall.enrich.geo import locate
from footfall.enrich.goals import Goals
from footfall.enrich.properties import lift_properties
from footfall.enrich.source import Sources
from footfall.enrich.user_agent import UserAgents
from footfall.enrich.visitor import Visitors
from footfall.model import DropReason, Event, Hit, SiteRules


def enrichment_steps(salts: Callable[[date], bytes], retention_ms: int) -> tuple[Step, ...]:
    """The order matters twice: bots go before anything is spent on them, and a campaign is
    named only once its source is known."""
    return (
        UserAgents(),
        drop_bots,
        Visitors(salts, retention_ms),
        locate,
        Sources(),
        name_campaign,
        lift_properties,
        Goals(),
    )


class Enricher:
    """``(Hit, SiteRules) → Event | DropReason``."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps

    def __call__(self, hit: Hit, rules: SiteRules) -> Event | DropReason:
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
        draft.country,
        agent.device,
        agent.browser,
        agent.os,
        draft.goals,
        hit.utm,
        draft.props,
    )

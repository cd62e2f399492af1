"""Helpers to make callers, site rules, hits, drafts and an ``Ingest``."""

from functools import cache
from typing import Any

import msgspec

from footfall.collect.address import parse_address
from footfall.collect.caller import Caller
from footfall.collect.collector import Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.memory import MemoryEventLog
from footfall.enrich.draft import Draft
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.eventlog.writer import BatchingWriter
from footfall.ingest import Ingest
from footfall.model import Goal, Hit, Site, SiteRules

NOW = 1_768_473_012_345
"""2026-01-15T10:30:12.345Z"""
MIDNIGHT = NOW - NOW % 86_400_000
RETENTION_MS = 30 * 60_000
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def caller(address: str = "203.0.113.7", **fields: Any) -> Caller:
    parsed = parse_address(address)
    assert parsed is not None
    given: dict[str, Any] = {"now": NOW, "address": parsed, "user_agent": CHROME, **fields}
    return Caller(**given)


def rules(*, goals: tuple[Goal, ...] = (), **site: Any) -> SiteRules:
    return SiteRules(Site(**{"id": "a", "name": "A", **site}), goals)


def hit(**fields: Any) -> Hit:
    given: dict[str, Any] = {
        "site": "a",
        "type": "pageview",
        "time": NOW,
        "id": "1",
        "host": "example.com",
        "path": "/",
        "address": "203.0.113.7",
        "network": "203.0.113.7",
        "user_agent": CHROME,
    }
    return Hit(**given | fields)


def draft(known: SiteRules | None = None, /, **fields: Any) -> Draft:
    made = hit(**fields)
    return Draft(made, known or rules(), made.props)


def wire(**fields: Any) -> dict[str, Any]:
    """One page view as a tracker sends it. Fields that are None are left out."""
    given = {"s": "a", "e": "pageview", "u": "https://example.com/", **fields}
    return {name: value for name, value in given.items() if value is not None}


def encoded(*events: dict[str, Any]) -> bytes:
    """One event as an object, several as an array."""
    return msgspec.json.encode(events[0] if len(events) == 1 else events)


@cache
def enricher() -> Enricher:
    """Shared by all tests, since making one takes long."""
    return Enricher(enrichment_steps(lambda day: day.isoformat().encode(), RETENTION_MS))


def new_ingest(
    log: MemoryEventLog,
    *sites: SiteRules,
    limiter: RateLimiter | None = None,
    max_events: int = 10_000,
) -> Ingest:
    """Without a rate limit, unless given."""
    known = {site.site.id: site for site in sites or (rules(),)}
    writer = BatchingWriter(log, 50_000)
    collector, limit = Collector(RETENTION_MS), limiter or RateLimiter(0)
    return Ingest(known.get, collector, enricher(), writer, limit, max_events)

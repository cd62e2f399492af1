"""The HTTP API as an ASGI app that is frozen between requests."""

import time
from typing import Any

from footfall.app import (
    make_collect,
    make_enricher,
    make_ingest,
    make_limiters,
    make_live_slots,
    write_site,
)
from footfall.catalog.sweep import Sweep
from footfall.clock import now_ms
from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.rate_limit import RateLimiter
from footfall.documents import VisitDocument, VisitRow
from footfall.enrich.geo_database import open_geo_database
from footfall.enrich.goals import Goals
from footfall.errors import NotServed
from footfall.eventlog.writer import BatchingWriter
from footfall.history.answers import Answers
from footfall.history.importer import Importer
from footfall.history.limits import ArchiveLimits
from footfall.history.stats import Stats
from footfall.http.application import AroundRequests, asgi_app
from footfall.http.auth.admission import Admission
from footfall.http.auth.authenticator import Authenticator
from footfall.http.auth.guard import LiveGuard
from footfall.http.auth.peers import Peers
from footfall.http.auth.sign_in import SignIns
from footfall.http.resources.live import refused_sockets
from footfall.http.services import Services
from footfall.http.serving.readiness import Readiness
from footfall.http.serving.static_files import page_routes
from footfall.model import Goal
from footfall.page_check import PageChecks
from footfall.serverless.components import Components

NO_VISITS = "functions tell no single visits: a server on the same table does (footfall serve)"


def create_app(components: Components) -> AroundRequests:
    """The routes of the server; those of live connections answer 501, and pages may connect to the
    WebSocket API."""
    settings, catalog = components.settings, components.catalog
    event_log = components.store.event_log
    writer = BatchingWriter(
        event_log,
        settings.writer_queue_events,
        timeout_s=components.store.append_timeout_s,
    )
    limiter = RateLimiter(settings.rate_limit)
    geo_database = open_geo_database(settings.geo_database)
    enricher = make_enricher(settings, catalog, geo_database, Goals())
    ingest = make_ingest(settings, catalog, writer, limiter, enricher)
    authenticator = Authenticator(catalog, settings.admin_token, now_ms)
    proxies = TrustedProxies(settings.trusted_proxies)
    callers = Callers(proxies, limiter, write_site(catalog), now_ms, settings.geo_headers)
    admission = Admission(authenticator, proxies, make_limiters(settings, limiter))
    answers = Answers(now_ms)
    services = Services(
        settings=settings,
        event_log=event_log,
        minutes=components.store.minutes,
        importer=Importer(lambda: None, ArchiveLimits(retention_ms=0), "", 0, lambda: None),
        stats=Stats(answers, _no_archive, _no_archive, lambda _: None, components.store.minutes),
        answers=answers,
        catalog=catalog,
        documents=components.documents,
        live=components.live,
        visits=NoVisits(),
        page_checks=PageChecks(),
        count_matches=_no_trial,
        collect=make_collect(settings, ingest, callers),
        authenticator=authenticator,
        admission=admission,
        sign_ins=SignIns(authenticator, admission, settings.sign_in_limit),
        guard=LiveGuard(),
        live_slots=make_live_slots(settings, proxies),
        fast_path=None,
        peers=Peers(settings.trusted_proxies),
        render_metrics=_no_metrics,
        readiness=Readiness(catalog.refresh, event_log.problem, tuple, lambda: 0.0, time.monotonic),
        history_problem=lambda: None,
        now=now_ms,
    )
    sockets = refused_sockets(components.live.view_refusal, components.live.overview_refusal)
    pages = page_routes(catalog.site, sockets=components.live.sockets)
    app = asgi_app(services, first_routes=[*sockets, *pages])
    return AroundRequests(app, before=components.refresh, after=Sweep(catalog).run_once)


class NoVisits:
    """Functions don't read the log again for each reader."""

    async def present(self, *_asked: object) -> list[VisitRow]:
        raise NotServed(NO_VISITS)

    async def of_event(self, *_asked: object) -> list[VisitRow]:
        raise NotServed(NO_VISITS)

    async def visit(self, *_asked: object) -> VisitDocument:
        raise NotServed(NO_VISITS)


async def _no_archive(*_asked: object) -> Any:
    raise NotServed("functions keep no archive: a server on the same table does (footfall serve)")


async def _no_trial(_goal: Goal) -> int:
    raise NotServed("functions try no goals: a server on the same table does (footfall serve)")


def _no_metrics() -> bytes:
    raise NotServed("functions have no counters of their own: see CloudWatch")

"""The composition root: creates each part once and connects them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.background import BackgroundTask
from footfall.catalog.cache import CatalogCache
from footfall.catalog.sweep import Sweep
from footfall.clock import Clock, ClockWatch, Timer
from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.collector import Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.open import Store
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.enrich.geo_database import GeoDatabase, open_geo_database, place_finder
from footfall.enrich.goals import Goals
from footfall.errors import NotServed, StoreUnavailable
from footfall.eventlog.retention import NOTHING, Retention, RetentionPolicy
from footfall.eventlog.writer import SHUTTING_DOWN, BatchingWriter
from footfall.goal_trial import GoalTrials
from footfall.history.answers import Answers
from footfall.history.archivist import ArchivedStore, Archivist
from footfall.history.backfill import MinuteBackfill
from footfall.history.folder import archive_folder
from footfall.history.importer import Importer
from footfall.history.limits import ArchiveLimits
from footfall.history.recorder import MinuteRecorder
from footfall.history.reporters import Reporters
from footfall.history.stats import Stats
from footfall.http.application import asgi_app
from footfall.http.auth.admission import Admission
from footfall.http.auth.authenticator import Authenticator
from footfall.http.auth.guard import LiveGuard
from footfall.http.auth.peers import Peers
from footfall.http.auth.sign_in import SignIns
from footfall.http.errors import error_response
from footfall.http.resources.collect import BodyLimits, CollectEndpoint, paths
from footfall.http.services import Services
from footfall.http.serving.access_log import AccessLog
from footfall.http.serving.connections import ConnectionLimits, OpenConnections
from footfall.http.serving.direct_collect import DirectCollect
from footfall.http.serving.fast_path import FastPath
from footfall.http.serving.live_slots import LiveSlots
from footfall.http.serving.readiness import Readiness
from footfall.ingest import Ingest
from footfall.lifecycle import Failure, Life, Parts
from footfall.live.gate import ReadersGate
from footfall.live.hub import Hub, LiveOptions
from footfall.live.log_reader import LogReader
from footfall.live.node import Node
from footfall.live.overview_channel import SiteName
from footfall.live.visits import Visits
from footfall.live.windows import Windows
from footfall.metrics import Metrics, MetricSources, readings, site_readings
from footfall.page_check import PageChecks
from footfall.principal import Rate
from footfall.settings import Settings
from footfall.times import DAY_MS, MINUTE_MS
from footfall.window.limits import WindowLimits

Routes: TypeAlias = Sequence[BaseRoute]


class Application:
    """The server as one ASGI app. It owns the store and closes it at shutdown."""

    def __init__(
        self,
        app: ASGIApp,
        services: Services,
        life: Life,
        connections: OpenConnections,
        direct_collect: DirectCollect,
    ) -> None:
        self._app = app
        self.connections = connections
        self.direct_collect = direct_collect
        self.life = life
        self.hub = life.parts.hub
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] != "http" or not self.life.is_stopping:
                raise
            # The server cancels what is still in progress when its time is over.
            with contextlib.suppress(RuntimeError):  # the answer had begun
                await error_response(StoreUnavailable(SHUTTING_DOWN))(scope, receive, send)


def create_app(
    settings: Settings,
    store: Store,
    clock: Clock,
    extra_routes: Routes = (),
    timer: Timer = time.monotonic,
) -> Application:
    """Create and connect every part. They start and stop with the app's lifespan. ``timer`` counts
    the seconds beside the clock, which may step."""
    watch = ClockWatch(clock, timer)
    geo_database = open_geo_database(settings.geo_database)
    catalog = CatalogCache(store.catalog, clock, watch.is_settled)
    writer = BatchingWriter(
        store.event_log,
        settings.writer_queue_events,
        store.appends_at_once,
        store.append_timeout_s,
    )
    policy = retention_policy(settings, durable=store.durable)
    archivist = make_archivist(settings, store, catalog, clock)
    retention = Retention(
        store.event_log,
        policy,
        clock,
        watch.is_settled,
        archivist.needs_since if settings.history else lambda: NOTHING,
    )
    sweep = Sweep(catalog)
    failure = Failure()
    windows = Windows(window_limits(settings), lambda: clock() // 1000)
    recorder = MinuteRecorder(store.minutes)
    backfill = MinuteBackfill(store.event_log, store.minutes, windows.limits, clock)
    hub = Hub(
        store.event_log,
        windows,
        live_options(settings),
        site_names(catalog),
        timer,
        recorder.add,
    )
    node = Node(store.event_log, hub, catalog.site_ids, clock, failure.report)
    health = writer.health

    def tasks() -> Sequence[BackgroundTask]:
        own = (
            catalog.task,
            retention.task,
            sweep.task,
            health.task,
            recorder.task,
            backfill.task,
        )
        geo = () if geo_database is None else (geo_database.task,)
        return (*node.tasks, *own, *geo, *store.event_log.tasks)

    def problem() -> str | None:
        return node.progress.problem or store.event_log.problem() or health.problem

    limiter = RateLimiter(settings.rate_limit, timer=timer)
    limiters = make_limiters(settings, limiter, timer)
    goals = Goals()
    enricher = make_enricher(settings, catalog, geo_database, goals)
    ingest = make_ingest(settings, catalog, writer, limiter, enricher)
    proxies = TrustedProxies(settings.trusted_proxies)
    callers = Callers(proxies, limiter, write_site(catalog), clock, settings.geo_headers)
    collect = make_collect(settings, ingest, callers)
    authenticator = Authenticator(catalog, settings.admin_token, clock)
    admission = Admission(authenticator, proxies, limiters)
    sign_ins = SignIns(authenticator, admission, settings.sign_in_limit)
    answers = Answers(clock)
    reporters = Reporters(archivist, archive_limits(settings), clock)
    connections, live_slots = make_connections(settings), make_live_slots(settings, proxies)
    page_checks = PageChecks()
    sources = MetricSources(
        ingest=ingest,
        goals=goals,
        refused=collect.refused,
        connections_open=lambda: connections.open,
        connections_refused=connections.refused,
        live_refused=live_slots.refused,
        limiters={str(rate): each for rate, each in limiters.items()}
        | {"sign-ins": sign_ins.limiter},
        strangers_refused=admission.refused,
        sign_in_failures=lambda: sign_ins.failures,
        page_checks=page_checks,
        unknown_tokens=lambda: authenticator.unknown_tokens,
        writer=writer,
        catalog=catalog,
        retention=retention,
        sweep=sweep,
        recorder=recorder,
        archivist=archivist,
        answers=answers,
        reporters=reporters,
        hub=hub,
        node=node,
        store_requests=store.requests,
        store_unreadable=store.unreadable,
        tasks=tasks,
    )
    of_sites = site_readings(sources) if settings.site_metrics else ()
    gate = ReadersGate(hub, node.progress)
    log_reader = LogReader(store.event_log, windows, node.progress.require_finished)
    services = Services(
        settings=settings,
        event_log=store.event_log,
        minutes=store.minutes,
        importer=Importer(
            archivist.where if settings.history else lambda: None,
            archive_limits(settings),
            settings.geo_database,
            settings.max_import_bytes,
            archivist.look,
        ),
        stats=Stats(
            answers,
            reporters.ask if settings.history else _no_history,
            reporters.export if settings.history else _no_history,
            archivist.first,
            store.minutes,
        ),
        answers=answers,
        catalog=catalog,
        documents=gate,
        live=gate,
        visits=Visits(log_reader, catalog.salt),
        page_checks=page_checks,
        count_matches=GoalTrials(log_reader).count,
        collect=collect,
        authenticator=authenticator,
        admission=admission,
        sign_ins=sign_ins,
        guard=LiveGuard(),
        live_slots=live_slots,
        fast_path=FastPath(hub, catalog, admission),
        peers=Peers(settings.trusted_proxies),
        render_metrics=Metrics((*readings(sources), *of_sites)).render,
        readiness=Readiness(catalog.refresh, problem, tasks, node.lag_seconds, timer),
        history_problem=archivist.condition,
        now=clock,
    )
    catalog.on_change(services.guard.recheck)
    catalog.on_site_removed(hub.site_removed)
    catalog.on_site_removed(recorder.forget)
    catalog.on_site_removed(archivist.site_removed)
    catalog.on_site_removed(reporters.forget)
    catalog.on_site_removed(ingest.recent_drops.forget)
    catalog.on_site_added(node.site_added)
    parts = Parts(
        store=store,
        catalog=catalog,
        node=node,
        hub=hub,
        retention=retention,
        writer=writer,
        sweep=sweep,
        recorder=recorder,
        backfill=backfill,
        archivist=archivist,
        reporters=reporters,
        has_history=settings.history,
        geo_database=geo_database,
    )
    life = Life(parts, failure)
    app = asgi_app(services, life.span, extra_routes=extra_routes)
    if settings.access_log:
        app = AccessLog(app)
    direct_collect = DirectCollect(collect, paths(settings), has_access_log=settings.access_log)
    return Application(app, services, life, connections, direct_collect)


def make_limiters(
    settings: Settings, events: RateLimiter, timer: Timer = time.monotonic
) -> Mapping[Rate, RateLimiter]:
    """``events`` is the limiter of ``/collect``."""
    return {
        "events": events,
        "reads": RateLimiter(settings.read_rate_limit, timer=timer),
        "light": RateLimiter(settings.light_rate_limit, timer=timer),
    }


def make_live_slots(settings: Settings, proxies: TrustedProxies) -> LiveSlots:
    return LiveSlots(
        proxies,
        most=settings.max_subscribers,
        per_address=settings.max_subscribers_per_address,
    )


def make_connections(settings: Settings) -> OpenConnections:
    limits = ConnectionLimits(
        max_head_bytes=settings.max_head_bytes,
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        stall_seconds=settings.stall_seconds,
        max_per_address=settings.max_connections_per_address,
    )
    return OpenConnections(limits, settings.trusted_proxies)


def window_limits(settings: Settings) -> WindowLimits:
    return WindowLimits(
        retention_minutes=settings.retention_minutes,
        presence_seconds=settings.presence_seconds,
        max_visitors=settings.max_visitors_per_site,
        max_values=settings.max_values_per_breakdown,
        max_ids=settings.max_ids_per_site,
    )


def live_options(settings: Settings) -> LiveOptions:
    return LiveOptions(
        update_interval=settings.update_interval_ms / 1000,
        tick_after=settings.tick_seconds,
        linger=settings.view_linger_seconds,
        max_views=settings.max_views_per_site,
        max_views_per_address=settings.max_views_per_address,
    )


def site_names(catalog: CatalogCache) -> SiteName:
    """A function from a site's id to its name, or to the id if the site was removed."""

    def site_name(site_id: str) -> str:
        rules = catalog.site(site_id)
        return rules.site.name if rules is not None else site_id

    return site_name


def retention_policy(settings: Settings, *, durable: bool) -> RetentionPolicy:
    """How long events are kept. An in-memory store keeps only those that windows need."""
    days = settings.raw_days if durable else 0
    return RetentionPolicy(
        retention_ms=settings.retention_minutes * MINUTE_MS, raw_ms=days * DAY_MS
    )


async def _no_history(*_asked: object) -> Any:
    raise NotServed("this server keeps no history: start it with --history on")


def archive_limits(settings: Settings) -> ArchiveLimits:
    return ArchiveLimits(
        retention_ms=settings.retention_minutes * MINUTE_MS,
        raw_ms=settings.raw_days * DAY_MS,
        report_seconds=settings.report_seconds,
        threads=settings.history_threads,
        memory_mb=settings.history_memory_mb,
    )


def make_archivist(
    settings: Settings, store: Store, catalog: CatalogCache, clock: Clock
) -> Archivist:
    folder = archive_folder(settings.store, settings.history_folder)
    archived = ArchivedStore(
        store.catalog.store_id, store.event_log, catalog.site_ids, lambda: catalog.removed
    )
    return Archivist(folder, archived, archive_limits(settings), clock)


def make_enricher(
    settings: Settings, catalog: CatalogCache, geo_database: GeoDatabase | None, goals: Goals
) -> Enricher:
    retention_ms, find_place = settings.retention_minutes * MINUTE_MS, place_finder(geo_database)
    return Enricher(enrichment_steps(catalog.salt, retention_ms, find_place, goals))


def make_ingest(
    settings: Settings,
    catalog: CatalogCache,
    writer: BatchingWriter,
    limiter: RateLimiter,
    enricher: Enricher,
) -> Ingest:
    retention_ms = settings.retention_minutes * MINUTE_MS
    return Ingest(
        catalog.site,
        Collector(retention_ms),
        enricher,
        writer,
        limiter,
        settings.max_events_per_body,
    )


def write_site(catalog: CatalogCache) -> Callable[[str], str | None]:
    """A function from the secret of a write token to its site; None for other secrets."""

    def site_of(secret: str) -> str | None:
        token = catalog.token(secret)
        return token.site_id if token is not None and token.scope == "write" else None

    return site_of


def make_collect(settings: Settings, ingest: Ingest, callers: Callers) -> CollectEndpoint:
    limits = BodyLimits(anyone=settings.max_body_bytes, trusted=settings.max_trusted_body_bytes)
    return CollectEndpoint(ingest, callers, limits)

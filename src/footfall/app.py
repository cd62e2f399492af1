"""The composition root: creates each part once and connects them."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.background import BackgroundTask
from footfall.catalog.cache import CatalogCache
from footfall.catalog.sweep import Sweep
from footfall.clock import Clock, ClockWatch
from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.collector import Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.open import Store
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.eventlog.port import EventLog
from footfall.eventlog.retention import Retention, RetentionPolicy
from footfall.eventlog.writer import BatchingWriter
from footfall.http.application import asgi_app
from footfall.http.auth.admission import Admission
from footfall.http.auth.authenticator import Authenticator
from footfall.http.auth.guard import LiveGuard
from footfall.http.auth.peers import Peers
from footfall.http.auth.sign_in import SignIns
from footfall.http.resources.collect import BodyLimits, CollectEndpoint
from footfall.http.services import Services
from footfall.http.serving.access_log import AccessLog
from footfall.http.serving.fast_path import FastPath
from footfall.ingest import Ingest
from footfall.live.hub import Hub, LiveOptions
from footfall.live.node import Node
from footfall.live.overview_channel import SiteName
from footfall.live.windows import Windows
from footfall.metrics import Metrics, MetricSources, readings
from footfall.settings import Settings
from footfall.times import DAY_MS, MINUTE_MS
from footfall.window.limits import WindowLimits

Routes: TypeAlias = Sequence[BaseRoute]


class Failure:
    """Something failed for good: only a new process helps. ``is_final`` stays True then."""

    def __init__(self) -> None:
        self.is_final = False
        self.on_final: Callable[[], None] | None = None
        """Called once; a server stops."""

    def report(self) -> None:
        self.is_final = True
        if self.on_final is not None:
            self.on_final()


class Application:
    """The server as one ASGI app. It owns the store and closes it at shutdown."""

    def __init__(self, app: ASGIApp, services: Services, hub: Hub, failure: Failure) -> None:
        self._app = app
        self.failure = failure
        self.hub = hub
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def close_live(self) -> None:
        """End every live subscription, before the server stops."""
        self.hub.close()


def create_app(
    settings: Settings, store: Store, clock: Clock, extra_routes: Routes = ()
) -> Application:
    """Create and connect every part. They start and stop with the app's lifespan."""
    watch = ClockWatch(clock)
    catalog = CatalogCache(store.catalog, clock, watch.is_settled)
    writer = BatchingWriter(store.event_log, settings.writer_queue_events, store.appends_at_once)
    policy = retention_policy(settings, durable=store.durable)
    retention = Retention(store.event_log, policy, clock, watch.is_settled)
    sweep = Sweep(catalog)
    failure = Failure()
    hub, node = _live(settings, store.event_log, catalog, clock, failure)

    def tasks() -> Sequence[BackgroundTask]:
        return (*node.tasks, catalog.task, retention.task, sweep.task, *store.event_log.tasks)

    limiter, readers = RateLimiter(settings.rate_limit), RateLimiter(settings.read_rate_limit)
    ingest = make_ingest(settings, catalog, writer, limiter)
    collect = make_collect(settings, catalog, ingest, limiter, clock)
    authenticator = Authenticator(catalog, settings.admin_token, clock)
    admission = Admission(authenticator, TrustedProxies(settings.trusted_proxies), readers)
    sign_ins = SignIns(authenticator, admission, settings.sign_in_limit)
    sources = MetricSources(
        ingest=ingest,
        refused=collect.refused,
        limiters={"events": limiter, "reads": readers, "sign-ins": sign_ins.limiter},
        sign_in_failures=lambda: sign_ins.failures,
        unknown_tokens=lambda: authenticator.unknown_tokens,
        writer=writer,
        catalog=catalog,
        retention=retention,
        sweep=sweep,
        hub=hub,
        node=node,
        store_requests=store.requests,
        tasks=tasks,
    )
    services = Services(
        settings=settings,
        event_log=store.event_log,
        catalog=catalog,
        documents=hub,
        live=hub,
        collect=collect,
        authenticator=authenticator,
        admission=admission,
        sign_ins=sign_ins,
        guard=LiveGuard(),
        fast_path=FastPath(hub, catalog, admission),
        peers=Peers(settings.trusted_proxies),
        render_metrics=Metrics(readings(sources)).render,
        lag_seconds=node.lag_seconds,
        tasks=tasks,
        now=clock,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        catalog.on_change(services.guard.recheck)
        catalog.on_site_removed(hub.site_removed)
        catalog.on_site_added(node.site_added)
        await catalog.start()
        await node.start()
        retention.start()
        sweep.start()
        yield
        hub.close()
        await sweep.stop()
        await retention.stop()
        await writer.close()
        await node.stop()
        await catalog.stop()
        await store.close()

    app = asgi_app(services, lifespan, extra_routes=extra_routes)
    return Application(AccessLog(app) if settings.access_log else app, services, hub, failure)


def window_limits(settings: Settings) -> WindowLimits:
    return WindowLimits(
        retention_minutes=settings.retention_minutes,
        presence_seconds=settings.presence_seconds,
        max_visitors=settings.max_visitors_per_site,
        max_values=settings.max_values_per_breakdown,
        max_ids=settings.max_ids_per_site,
    )


def _live(
    settings: Settings, log: EventLog, catalog: CatalogCache, clock: Clock, failure: Failure
) -> tuple[Hub, Node]:
    options = LiveOptions(
        update_interval=settings.update_interval_ms / 1000,
        tick_after=settings.tick_seconds,
        linger=settings.view_linger_seconds,
        max_views=settings.max_views_per_site,
        max_views_per_address=settings.max_views_per_address,
        max_subscribers=settings.max_subscribers,
    )
    windows = Windows(window_limits(settings), lambda: clock() // 1000)
    hub = Hub(log, windows, options, site_names(catalog))
    return hub, Node(log, hub, lambda: [site.id for site in catalog.sites], clock, failure.report)


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


def make_ingest(
    settings: Settings, catalog: CatalogCache, writer: BatchingWriter, limiter: RateLimiter
) -> Ingest:
    retention_ms = settings.retention_minutes * MINUTE_MS
    return Ingest(
        catalog.site,
        Collector(retention_ms),
        Enricher(enrichment_steps(catalog.salt, retention_ms)),
        writer,
        limiter,
        settings.max_events_per_body,
    )


def make_collect(
    settings: Settings, catalog: CatalogCache, ingest: Ingest, limiter: RateLimiter, clock: Clock
) -> CollectEndpoint:
    def write_site(secret: str) -> str | None:
        token = catalog.token(secret)
        return token.site_id if token is not None and token.scope == "write" else None

    callers = Callers(TrustedProxies(settings.trusted_proxies), limiter, write_site, clock)
    limits = BodyLimits(anyone=settings.max_body_bytes, trusted=settings.max_trusted_body_bytes)
    return CollectEndpoint(ingest, callers, limits)

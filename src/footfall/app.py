"""The composition root: makes every part once and joins them. Nothing is decided here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.catalog.directory import Directory
from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.collector import Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.open import Store
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.eventlog.port import EventLog
from footfall.eventlog.retention import DAY_MS, Keep, Retention
from footfall.eventlog.writer import BatchingWriter
from footfall.http import api
from footfall.http.access_log import AccessLog
from footfall.http.auth import Authenticator
from footfall.http.collect import BodyLimits, CollectEndpoint
from footfall.http.errors import routing_error
from footfall.http.fast_path import FastPath
from footfall.http.front import FrontDoor
from footfall.http.guard import LiveGuard
from footfall.http.peers import Peers
from footfall.http.services import Services
from footfall.ingest import Ingest
from footfall.live.hub import Hub
from footfall.live.node import Node
from footfall.live.options import LiveOptions
from footfall.live.overview_channel import SiteName
from footfall.live.windows import Windows
from footfall.metrics import Metrics, Sources, readings
from footfall.settings import Settings
from footfall.window.limits import WindowLimits

MINUTE_MS = 60_000

Clock = Callable[[], int]
"""Milliseconds since the epoch."""


class Application:
    """The whole server as one ASGI app. It owns the store, and closes it when it stops."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def close_live(self) -> None:
        """End every live subscription: the server is about to stop."""
        self.services.hub.close()


class Eraser:
    """Removes the events of a site that somebody, here or elsewhere, has removed."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, site_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._log.delete_site(site_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)


def create_app(
    settings: Settings, store: Store, clock: Clock, extra_routes: Sequence[BaseRoute] = ()
) -> Application:
    """Every part, joined; they start and stop with the app's lifespan."""
    directory = Directory(store.catalog, clock)
    writer = BatchingWriter(store.log, settings.writer_queue_events, store.appends_at_once)
    retention = Retention(store.log, keep(settings, durable=store.durable), clock)
    hub, node = _live(settings, store.log, directory, clock)
    ingest = make_ingest(settings, directory, writer)
    limiter = RateLimiter(settings.rate_limit)
    collect = make_collect(settings, directory, ingest, limiter, clock)
    counters = Sources(
        ingest=ingest,
        refused=collect.refused,
        limiter=limiter,
        writer=writer,
        directory=directory,
        retention=retention,
        hub=hub,
        node=node,
        traffic=store.traffic,
    )
    services = Services(
        settings=settings,
        log=store.log,
        directory=directory,
        hub=hub,
        authenticator=Authenticator(directory, settings.admin_token, clock),
        guard=LiveGuard(),
        fast_path=FastPath(hub, directory),
        peers=Peers(settings.trusted_proxies),
        render_metrics=Metrics(readings(counters)).render,
        lag_seconds=node.lag_seconds,
        now=clock,
    )

    eraser = Eraser(store.log)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        directory.on_change(services.guard.recheck)
        directory.on_site_removed(hub.forget)
        directory.on_site_removed(eraser)
        await directory.start()
        await node.start()
        retention.start()
        yield
        hub.close()
        await retention.stop()
        await writer.close()
        await eraser.close()
        await node.stop()
        await directory.stop()
        await store.close()

    starlette = Starlette(
        routes=[*api.routes(services), *extra_routes],
        exception_handlers={HTTPException: routing_error},
        lifespan=lifespan,
    )
    starlette.router.redirect_slashes = False
    app: ASGIApp = FrontDoor(collect, services.fast_path, starlette)
    return Application(AccessLog(app) if settings.access_log else app, services)


def window_limits(settings: Settings) -> WindowLimits:
    return WindowLimits(
        retention_minutes=settings.retention_minutes,
        presence_seconds=settings.presence_seconds,
        max_visitors=settings.max_visitors_per_site,
        max_values=settings.max_values_per_breakdown,
        max_ids=settings.max_ids_per_site,
    )


def _live(
    settings: Settings, log: EventLog, directory: Directory, clock: Clock
) -> tuple[Hub, Node]:
    options = LiveOptions(
        update_interval=settings.update_interval_ms / 1000,
        tick_after=settings.tick_seconds,
        linger=settings.view_linger_seconds,
        max_views=settings.max_views_per_site,
        max_subscribers=settings.max_subscribers,
    )
    windows = Windows(window_limits(settings), lambda: clock() // 1000)
    hub = Hub(log, windows, options, site_names(directory))
    return hub, Node(log, hub, lambda: [site.id for site in directory.sites], clock)


def site_names(directory: Directory) -> SiteName:
    """From a site's id to its name, or its id where there is no such site any more."""

    def site_name(site_id: str) -> str:
        rules = directory.site(site_id)
        return rules.site.name if rules is not None else site_id

    return site_name


def keep(settings: Settings, *, durable: bool) -> Keep:
    """A store in memory keeps no raw events that no window needs."""
    days = settings.raw_days if durable else 0
    return Keep(retention_ms=settings.retention_minutes * MINUTE_MS, raw_ms=days * DAY_MS)


def make_ingest(settings: Settings, directory: Directory, writer: BatchingWriter) -> Ingest:
    retention_ms = settings.retention_minutes * MINUTE_MS
    return Ingest(
        directory.site,
        Collector(retention_ms),
        Enricher(enrichment_steps(directory.salt, retention_ms)),
        writer,
        settings.max_events_per_body,
    )


def make_collect(
    settings: Settings, directory: Directory, ingest: Ingest, limiter: RateLimiter, clock: Clock
) -> CollectEndpoint:
    def write_site(secret: str) -> str | None:
        token = directory.token(secret)
        return token.site_id if token is not None and token.scope == "write" else None

    callers = Callers(TrustedProxies(settings.trusted_proxies), limiter, write_site, clock)
    limits = BodyLimits(anyone=settings.max_body_bytes, trusted=settings.max_trusted_body_bytes)
    return CollectEndpoint(ingest, callers, limits)

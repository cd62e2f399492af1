"""The HTTP API as an ASGI app that is frozen between requests."""

from footfall.app import make_collect, make_ingest
from footfall.clock import now_ms
from footfall.collect.rate_limit import RateLimiter
from footfall.errors import NotServed
from footfall.eventlog.writer import BatchingWriter
from footfall.http.application import AroundRequests, asgi_app
from footfall.http.auth.authenticator import Authenticator
from footfall.http.auth.guard import LiveGuard
from footfall.http.auth.peers import Peers
from footfall.http.resources.live import refused_sockets
from footfall.http.services import Services
from footfall.lifecycle import SiteDeletion
from footfall.serverless.components import Components


def create_app(components: Components) -> AroundRequests:
    """The routes of the server; those of live connections answer 501."""
    settings, catalog = components.settings, components.catalog
    event_log = components.store.event_log
    timeout_s = components.store.append_timeout_s
    writer = BatchingWriter(event_log, settings.writer_queue_events, timeout_s=timeout_s)
    ingest = make_ingest(settings, catalog, writer)
    limiter = RateLimiter(settings.rate_limit)
    services = Services(
        settings=settings,
        event_log=event_log,
        catalog=catalog,
        documents=components.documents,
        live=components.live,
        collect=make_collect(settings, catalog, ingest, limiter, now_ms),
        authenticator=Authenticator(catalog, settings.admin_token, now_ms),
        guard=LiveGuard(),
        fast_path=None,
        peers=Peers(settings.trusted_proxies),
        render_metrics=_no_metrics,
        lag_seconds=lambda: 0.0,
        tasks=tuple,
        problem=event_log.problem,
        now=now_ms,
    )
    deletion = SiteDeletion(event_log)
    catalog.on_site_removed(deletion.start)
    sockets = refused_sockets(components.live.view_refusal, components.live.overview_refusal)
    app = asgi_app(services, first_routes=sockets)
    return AroundRequests(app, before=components.refresh, after=deletion.finish)


def _no_metrics() -> bytes:
    raise NotServed("functions have no counters of their own: see CloudWatch")

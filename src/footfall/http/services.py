"""What every handler gets: created once by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from footfall.catalog.cache import CatalogCache
from footfall.clock import Clock
from footfall.collect.caller import Caller
from footfall.documents import OverviewDocument, RealtimeDocument, VisitDocument, VisitRow
from footfall.errors import NotFound
from footfall.eventlog.port import EventLog
from footfall.history.answers import Answers
from footfall.history.importer import Importer
from footfall.history.port import MinuteStore
from footfall.history.stats import Stats
from footfall.http.auth.admission import Admission
from footfall.http.auth.authenticator import Authenticator
from footfall.http.auth.guard import LiveGuard
from footfall.http.auth.peers import Peers
from footfall.http.auth.sign_in import SignIns
from footfall.http.serving.fast_path import FastPath
from footfall.http.serving.live_slots import LiveSlots
from footfall.http.serving.readiness import Readiness
from footfall.ingest import Ingest
from footfall.live.subscription import Subscription
from footfall.model import Goal, Position, Site
from footfall.page_check import PageChecks
from footfall.principal import Principal
from footfall.settings import Settings
from footfall.window.query import ViewQuery

NO_SITE = "there is no site {site!r}: check the id, or add the site first"


class Documents(Protocol):
    """The source of documents. Methods
    raise Overloaded, RateLimited and StoreUnavailable."""

    async def document(self, query: ViewQuery, caller: Principal, /) -> RealtimeDocument: ...

    async def overview(
        self, site_ids: tuple[str, ...], caller: Principal, /
    ) -> OverviewDocument: ...


class LiveSource(Protocol):
    """The source of subscriptions. Methods raise Overloaded, RateLimited, StoreUnavailable and
    NotServed."""

    async def subscribe(
        self, query: ViewQuery, caller: Principal, position: Position | None, /
    ) -> Subscription: ...

    async def subscribe_overview(
        self, site_ids: tuple[str, ...], caller: Principal, position: Position | None, /
    ) -> Subscription: ...


class VisitSource(Protocol):
    """The source of single visits. Methods raise Overloaded, StoreUnavailable and NotServed."""

    async def present(self, site: str, limit: int, caller: Principal, /) -> list[VisitRow]: ...

    async def of_event(self, site: str, row: str, caller: Principal, /) -> list[VisitRow]: ...

    async def visit(self, site: str, visit_id: str, caller: Principal, /) -> VisitDocument:
        """Raises NotFound too."""


class CollectApp(Protocol):
    """``/collect``, and what others like it share."""

    ingest: Ingest

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None: ...

    async def receive(self, scope: Scope, receive: Receive, /) -> tuple[bytes, Caller] | None: ...

    def refusal(self, error: BaseException, path: str, /) -> Response: ...


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    event_log: EventLog
    minutes: MinuteStore
    stats: Stats
    answers: Answers
    importer: Importer
    catalog: CatalogCache
    documents: Documents
    live: LiveSource
    visits: VisitSource
    count_matches: Callable[[Goal], Awaitable[int]]
    """How many events of the retention reach a goal. Raises Overloaded, StoreUnavailable and
    NotServed."""
    page_checks: PageChecks
    collect: CollectApp
    authenticator: Authenticator
    admission: Admission
    sign_ins: SignIns
    guard: LiveGuard
    live_slots: LiveSlots
    fast_path: FastPath | None
    """None if no documents are kept between requests."""
    peers: Peers
    render_metrics: Callable[[], bytes]
    """All metrics in Prometheus's text format."""
    readiness: Readiness
    history_problem: Callable[[], str | None]
    """Why the archive stands still, while all else goes on."""
    now: Clock

    def site(self, site_id: str) -> Site:
        """Raises NotFound."""
        rules = self.catalog.site(site_id)
        if rules is None:
            raise NotFound(NO_SITE.format(site=site_id[:64]))
        return rules.site

"""``POST /api/event`` and ``/api/send``: for pages that carry the script of another product."""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from footfall.collect.dialects import plausible, umami
from footfall.collect.wire import OtherEvent, WireEvent
from footfall.errors import NotFound
from footfall.http.errors import method_not_allowed
from footfall.http.framework.operation import Operation
from footfall.http.framework.router import LEFT
from footfall.http.resources.collect import ANY_ORIGIN, COSTS, accepted
from footfall.http.services import Services

PREFLIGHT = (
    ANY_ORIGIN,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
)


class Dialect(msgspec.Struct, frozen=True):
    """``answer`` is what its script expects."""

    path: str
    product: str
    read: Callable[[bytes], Iterable[WireEvent | OtherEvent]]
    body: type
    status: int
    media: str
    answer: bytes


DIALECTS = (
    Dialect(
        path="/api/event",
        product="Plausible",
        read=plausible.read,
        body=plausible.PlausibleEvent,
        status=202,
        media="text/plain",
        answer=b"ok",
    ),
    Dialect(
        path="/api/send",
        product="Umami",
        read=umami.read,
        body=umami.UmamiBody,
        status=200,
        media="application/json",
        answer=b"{}",
    ),
)


class DialectEndpoint:
    """Answers POST and OPTIONS for any origin, without credentials, by the rules and limits of
    ``/collect``."""

    def __init__(self, dialect: Dialect, services: Services) -> None:
        self._collect = services.collect
        self._site_named = services.catalog.site_named
        self._dialect = dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "POST":
            response = await self._answer(scope, receive)
        elif method == "OPTIONS":
            response = Response(None, 204)
            response.raw_headers += PREFLIGHT
        else:
            response = method_not_allowed(method, "OPTIONS, POST")
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        dialect = self._dialect
        try:
            received = await self._collect.receive(scope, receive)
            if received is None:
                return Response(None, LEFT)
            body, caller = received
            events = [self._of_site(each) for each in dialect.read(body)]
            dropped = await self._collect.ingest.ingest_events(events, caller)
        except Exception as error:
            return self._collect.refusal(error, scope["path"])
        response = Response(dialect.answer, dialect.status, media_type=dialect.media)
        response.raw_headers += accepted(dropped)
        return response

    def _of_site(self, event: WireEvent | OtherEvent) -> WireEvent | OtherEvent:
        site = self._site_named(event.site)
        if site is None:
            raise NotFound(
                f"no site has the id, the alias or the domain {event.site[:100]!r}: add it to one"
            )
        return msgspec.structs.replace(event, site=site)


OPERATIONS = tuple(
    Operation(
        method="POST",
        path=dialect.path,
        name=f"collect{dialect.product}",
        summary=f"Collect what {dialect.product}'s script sends",
        endpoint=partial(DialectEndpoint, dialect),
        needs="nothing",
        costs=COSTS,
        body=dialect.body,
        takes=("application/json", "text/plain"),
        status=dialect.status,
        media=dialect.media,
        refusals=(404, 429, 503),
    )
    for dialect in DIALECTS
)

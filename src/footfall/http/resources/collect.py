"""``POST /collect``, as a separate ASGI app: it gets nearly all requests, so the dispatcher calls
it before routing."""

from collections import Counter
from typing import TypeAlias

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from footfall.collect.caller import Caller, Callers
from footfall.collect.wire import WireEvent
from footfall.errors import FootfallError, TooLarge
from footfall.http.errors import error_response, internal_error, routing_error
from footfall.http.framework.operation import Operation
from footfall.ingest import Dropped, Ingest
from footfall.principal import Cost
from footfall.settings import Settings

PATHS = {
    "collect": "/collect",
    "collectShort": "/t",
    "collectByApi": "/api/analytics/collect",
    "collectShortByApi": "/api/analytics/t",
}
"""By the operation's name."""


def paths(settings: Settings) -> frozenset[str]:
    """All at which events are taken."""
    return frozenset((*PATHS.values(), settings.collect_path)) - {""}


COSTS = Cost(rate="events", body_bytes=64 * 1024, seconds=30)
"""``Ingest`` counts each event, and the connection its seconds: this is the one path ahead of the
gate."""
ANY_ORIGIN = (b"access-control-allow-origin", b"*")
READABLE = (b"access-control-expose-headers", b"footfall-dropped, retry-after")
PREFLIGHT = (
    ANY_ORIGIN,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"86400"),
)
PLAIN = (ANY_ORIGIN,)
NO_BODY: Message = {"type": "http.response.body"}

RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]


class BodyLimits(msgspec.Struct, frozen=True, kw_only=True):
    """In bytes. ``trusted`` applies to callers with a write token."""

    anyone: int = COSTS.body_bytes
    trusted: int = 4 * 1024 * 1024


class CollectEndpoint:
    """Answers POST and OPTIONS of ``PATHS`` for any origin, without credentials.

    ``refused`` counts answers other than 204, by status.
    """

    def __init__(self, ingest: Ingest, callers: Callers, limits: BodyLimits) -> None:
        self.ingest = ingest
        self.callers = callers
        self.limits = limits
        self.refused: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "POST":
            await self._post(scope, receive, send)
        elif method == "OPTIONS":
            await _no_content(send, PREFLIGHT)
        else:
            error = HTTPException(405, headers={"Allow": "OPTIONS, POST"})
            response = await routing_error(Request(scope), error)
            await response(scope, receive, send)

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            dropped = await self._collect(scope, receive)
        except Exception as error:
            await self.refusal(error, scope["path"])(scope, receive, send)
            return
        if dropped is not None:
            await _no_content(send, accepted(dropped))

    async def _collect(self, scope: Scope, receive: Receive) -> Dropped | None:
        """None if the caller disconnected before its body was complete."""
        received = await self.receive(scope, receive)
        return None if received is None else await self.ingest.ingest(*received)

    async def receive(self, scope: Scope, receive: Receive) -> tuple[bytes, Caller] | None:
        """A body, by the limits of its caller; None if the caller disconnected before it was
        complete. Raises RateLimited, NotAuthenticated and TooLarge."""
        client = scope.get("client")
        caller = self.callers.read(scope["headers"], client[0] if client else None)
        limits = self.limits
        limit = limits.anyone if caller.write_site is None else limits.trusted
        body = await _read_body(receive, limit)
        return None if body is None else (body, self.callers.with_time(caller))

    def refusal(self, error: BaseException, path: str) -> Response:
        """The answer to a request that failed with ``error``."""
        if not isinstance(error, FootfallError):
            return internal_error("POST", path, error)
        response = error_response(error)
        response.raw_headers += [ANY_ORIGIN, READABLE]
        self.refused[response.status_code] += 1
        return response


def accepted(dropped: Dropped) -> RawHeaders:
    """The headers of a 204."""
    if not dropped:
        return PLAIN
    listed = ", ".join(f"{reason}={count}" for reason, count in dropped.items())
    return (ANY_ORIGIN, READABLE, (b"footfall-dropped", listed.encode()))


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """The body; None if the caller disconnected. Raises TooLarge as soon as more than ``limit``
    bytes have arrived."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"the body is larger than {limit} bytes: split it (a write token allows more)"
            )
        chunks.append(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _no_content(send: Send, headers: RawHeaders) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send(NO_BODY)


OPERATIONS = tuple(
    Operation(
        method="POST",
        path=path,
        name=name,
        summary="Collect events, one or several (a JSON array or NDJSON); 204 once they are stored",
        endpoint=lambda services: services.collect,
        needs="nothing",
        costs=COSTS,
        body=WireEvent | list[WireEvent],
        takes=("application/json", "application/x-ndjson", "text/plain"),
        status=204,
        refusals=(404, 429, 503),
    )
    for name, path in PATHS.items()
)

"""Turns operations into Starlette routes: admission, body, errors, CORS and 405 for all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.decoding import explain
from footfall.errors import FootfallError, InvalidInput, TooLarge
from footfall.http.auth.access import Access
from footfall.http.errors import ANY_ORIGIN, error_response, internal_error, method_not_allowed
from footfall.http.framework.operation import Call, Operation
from footfall.http.services import Services
from footfall.model import Site
from footfall.principal import Principal, Stranger

PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "authorization, content-type, last-event-id",
    "access-control-max-age": "86400",
}

LEFT = 499
"""The client hung up: for the access log, nobody gets it."""


def routes(services: Services, operations: Iterable[Operation]) -> list[Route]:
    """One route per path, in the order in which the paths are first seen."""
    by_path: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        by_path[operation.path].append(operation)
    return [Route(path, _endpoint(services, group)) for path, group in by_path.items()]


def _endpoint(services: Services, operations: list[Operation]) -> ASGIApp:
    own = operations[0].endpoint
    return Endpoint(services, operations) if own is None else own(services)


class Endpoint:
    """All operations of one path, as an ASGI app."""

    def __init__(self, services: Services, operations: Iterable[Operation]) -> None:
        self._services = services
        self._operations: dict[str, Operation] = {each.method: each for each in operations}
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._allowed = ", ".join(sorted({*self._operations, "OPTIONS"}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            read = self._operations.get("GET")
            headers = PREFLIGHT if read is not None and read.shared else {}
            return Response(None, 204, {**headers, "allow": self._allowed})
        operation = self._operations.get(request.method)
        if operation is None:
            return method_not_allowed(request.method, self._allowed)
        access: Access | None = None
        try:
            access = await self._access(operation, request)
            response = await self._run(operation, request, access)
        except FootfallError as error:
            response = error_response(error)
        except ClientDisconnect:
            response = Response(None, LEFT)
        except Exception as error:
            response = internal_error(request.method, request.scope["path"], error)
        is_by_cookie = access is not None and access.credential_source == "cookie"
        return _finished(response, operation, is_by_cookie=is_by_cookie)

    async def _access(self, operation: Operation, request: Request) -> Access:
        admission = self._services.admission
        if operation.needs == "nothing":
            return admission.anybody(request, operation.costs)
        return await admission.access(request, operation.costs)

    async def _run(self, operation: Operation, request: Request, access: Access) -> Response:
        site = self._admit(operation, request, access)
        call = Call(request, self._services, access, None, site, operation.costs)
        asking = call.caller(site)
        async with self._services.admission.in_time(asking):
            if operation.body is not None:
                call.body = await self._body(operation, request, asking)
            assert operation.handler is not None
            return await operation.handler(call)

    async def _body(self, operation: Operation, request: Request, asking: Principal) -> Any:
        limit = min(self._services.settings.max_body_bytes, operation.max_body_bytes)
        if isinstance(asking, Stranger):
            limit = min(limit, asking.allowance.body_bytes)
        try:
            raw = await _read_body(request, limit)
        except TooLarge:
            if isinstance(asking, Stranger):
                self._services.admission.refused["bytes"] += 1
            raise
        return _decoded(raw, operation.body)

    def _admit(self, operation: Operation, request: Request, access: Access) -> Site | None:
        site_id = request.path_params.get("site")
        site = self._services.site(site_id) if site_id is not None else None
        if operation.needs == "admin":
            access.require_admin(site_id)
        elif operation.needs == "any admin":
            access.require_any_admin()
        elif operation.needs == "read" and site is not None:
            access.require_read(site)
        elif operation.needs == "visits" and site is not None:
            access.require_visits(site)
        elif operation.needs == "history" and site is not None:
            access.require_history(site)
        return site


async def _read_body(request: Request, limit: int) -> bytes:
    """Raises TooLarge as soon as more than ``limit`` bytes have arrived, InvalidInput when the
    caller left first."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge(f"the body is larger than {limit} bytes: send less")
    except ClientDisconnect:
        raise InvalidInput("the body is incomplete: send all of it") from None
    return bytes(body)


def _decoded(raw: bytes, kind: Any) -> Any:
    """``raw`` as ``kind``. Raises InvalidInput with the field that is wrong."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        message, field = explain(error)
        raise InvalidInput(f"{message}: correct it", field=field) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput("the body is not valid JSON: send one JSON object") from None


def _finished(response: Response, operation: Operation, *, is_by_cookie: bool) -> Response:
    """Add the headers that all answers share. With a cookie, only the same origin may read."""
    response.headers.setdefault("cache-control", "no-store")
    response.headers.setdefault("x-content-type-options", "nosniff")
    if operation.shared and not is_by_cookie:
        response.headers.update(ANY_ORIGIN)
    return response

"""Every error in one form: ``{"error": "what is wrong and what to do", "field": "…"}``."""

from http import HTTPStatus

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from footfall.errors import (
    AlreadyExists,
    FootfallError,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotServed,
    Overloaded,
    RateLimited,
    StoreUnavailable,
    TooLarge,
)
from footfall.http.framework.plain_page import plain_page

logger = structlog.get_logger("footfall.http")

STATUS: dict[type[FootfallError], int] = {
    InvalidInput: 400,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    AlreadyExists: 409,
    TooLarge: 413,
    RateLimited: 429,
    Overloaded: 503,
    StoreUnavailable: 503,
    NotServed: 501,
}
CLOSE_CODE: dict[type[FootfallError], int] = {
    InvalidInput: 4400,
    NotAuthenticated: 4401,
    NotAllowed: 4401,
    NotFound: 4404,
    RateLimited: 1013,
    Overloaded: 1013,
    StoreUnavailable: 1013,
}
"""WebSocket close codes: 44xx mean do not reconnect, 1013 means reconnect with backoff."""

ANY_ORIGIN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "retry-after",
}
"""For answers that pages of any origin may read."""
RETRY_AFTER_SECONDS = 1
NOT_FOUND_PAGE = (
    "<p>There is nothing at this address.</p>"
    '<p><a href="/">All sites</a> · <a href="/api/docs">API</a></p>'
)
INTERNAL = "something went wrong on the server and was logged: try again, then tell the operator"


class ErrorBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong and what to do; ``field`` names the part of the request that is wrong,
    ``socket`` the WebSocket API that pushes where this server does not."""

    error: str
    field: str | None = None
    socket: str | None = None


def close_code(error: FootfallError) -> int:
    return CLOSE_CODE.get(type(error), 1011)


def public_text(error: FootfallError) -> str:
    """What the caller gets to read; the log has the rest."""
    return error.public if isinstance(error, StoreUnavailable) else str(error)


def error_response(error: FootfallError) -> Response:
    status = STATUS.get(type(error), 500)
    headers = {"cache-control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["retry-after"] = str(getattr(error, "retry_after", RETRY_AFTER_SECONDS))
    body = ErrorBody(
        error=public_text(error),
        field=getattr(error, "field", None),
        socket=getattr(error, "socket", None),
    )
    return _response(status, body, headers)


def internal_error(method: str, path: str, error: BaseException) -> Response:
    """A 500 that reveals nothing to the caller; the log has the details."""
    logger.error("request failed", method=method, path=path, exc_info=error)
    return _response(500, ErrorBody(INTERNAL), {"cache-control": "no-store"})


async def routing_error(request: Request, error: Exception) -> Response:
    """404 and 405 of the router itself, in the common form."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return method_not_allowed(request.method, headers.get("Allow", ""))
    if error.status_code == HTTPStatus.NOT_FOUND:
        if _is_browser(request):
            return plain_page("Page not found", NOT_FOUND_PAGE, 404)
        text = "there is nothing at this address: /api/docs lists all addresses"
        return _response(404, ErrorBody(text), headers)
    return _response(error.status_code, ErrorBody(error.detail), headers)


def _is_browser(request: Request) -> bool:
    """Whether a person reads the answer; programs ask the API."""
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and not request.url.path.startswith("/api/")


def method_not_allowed(method: str, allowed: str) -> Response:
    message = f"{method} is not served here: use {allowed}"
    return _response(405, ErrorBody(message), {"allow": allowed})


def _response(status: int, body: ErrorBody, headers: dict[str, str]) -> Response:
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")

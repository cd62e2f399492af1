"""The files that ship: the tracker, the custom elements, the dashboard and its assets; read
once, at start."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from footfall.errors import NotFound
from footfall.http.errors import error_response
from footfall.http.operation import Operation

ROOT = Path(__file__).parent / "static"
NOT_BUILT = "{name} is not built: run `npm ci && npm run build` in web/, or install the wheel"

DAY = 86_400
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
SCRIPT_CACHE = f"public, max-age={DAY // 24}, stale-while-revalidate={DAY}"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
PAGE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}
EMBED_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
MIN_GZIP_BYTES = 512
JAVASCRIPT = "text/javascript"
SCRIPTS = (
    Operation(
        method="GET",
        path="/footfall.js",
        name="readTracker",
        summary="The tracker, a classic script for pages of any origin",
        handler=None,
        needs="nothing",
        media=JAVASCRIPT,
        refusals=(404,),
    ),
    Operation(
        method="GET",
        path="/footfall-elements.js",
        name="readElements",
        summary="The custom elements, a module script for pages of any origin",
        handler=None,
        needs="nothing",
        media=JAVASCRIPT,
        refusals=(404,),
    ),
)
ELEMENTS = "footfall-elements"
"""The folder of what the elements load when they need it."""


class StaticFile(msgspec.Struct, frozen=True):
    """A file in memory, plain and (where it gets smaller) compressed."""

    body: bytes
    zipped: bytes | None
    etag: str
    media_type: str


class FileEndpoint:
    """Serves one file by GET and HEAD; a matching If-None-Match gets 304."""

    def __init__(self, file: StaticFile, cache: str, extra: dict[str, str]) -> None:
        self._file = file
        self._headers = {
            "cache-control": cache,
            "etag": file.etag,
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
            **extra,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if self._file.etag in request.headers.get("if-none-match", ""):
            response = Response(None, 304, self._headers)
        else:
            response = self._whole(request)
        await response(scope, receive, send)

    def _whole(self, request: Request) -> Response:
        file, headers, body = self._file, self._headers, self._file.body
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers, body = {**headers, "content-encoding": "gzip"}, file.zipped
        return Response(body, 200, headers, media_type=file.media_type)


def routes(root: Path = ROOT) -> list[Route]:
    """The tracker, the custom elements with what they load later, the dashboard's page at ``/``
    and ``/sites/{site}``, and its assets."""
    dashboard = root / "dashboard"
    page = _endpoint(dashboard / "index.html", REVALIDATE, PAGE_HEADERS)
    assets = [
        _route(
            "/" + path.relative_to(dashboard).as_posix(),
            _endpoint(path, IMMUTABLE if path.parent.name == "assets" else REVALIDATE, {}),
        )
        for path in sorted(dashboard.rglob("*"))
        if path.is_file() and path.name != "index.html"
    ]
    scripts = [
        _route(each.path, _endpoint(root / each.path[1:], SCRIPT_CACHE, EMBED_HEADERS))
        for each in SCRIPTS
    ]
    chunks = [
        _route(f"/{ELEMENTS}/{path.name}", _endpoint(path, IMMUTABLE, EMBED_HEADERS))
        for path in sorted((root / ELEMENTS).glob("*.js"))
    ]
    return [
        *scripts,
        *chunks,
        _route("/", page),
        _route("/sites/{site}", page),
        *assets,
    ]


class _Missing:
    """Says how to build what is not there."""

    def __init__(self, name: str) -> None:
        self._error = NotFound(NOT_BUILT.format(name=name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await error_response(self._error)(scope, receive, send)


def _route(path: str, endpoint: FileEndpoint | _Missing) -> Route:
    return Route(path, endpoint, methods=["GET", "HEAD"])


def _endpoint(path: Path, cache: str, extra: dict[str, str]) -> FileEndpoint | _Missing:
    if not path.is_file():
        return _Missing(path.name)
    body = path.read_bytes()
    zipped = gzip.compress(body, mtime=0) if len(body) >= MIN_GZIP_BYTES else body
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    file = StaticFile(
        body=body,
        zipped=zipped if len(zipped) < len(body) else None,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        media_type=media_type,
    )
    return FileEndpoint(file, cache, extra)

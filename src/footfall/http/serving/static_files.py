"""The built files: the tracker, the custom elements, the dashboard and its assets. They are read
once, at start."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from html import escape
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.errors import NotFound
from footfall.http.errors import error_response, method_not_allowed
from footfall.model import SiteRules

ROOT = Path(__file__).parents[1] / "static"
NOT_BUILT = "{name} is not built: run `npm ci && npm run build` in web/, or install the wheel"

READ_METHODS = ("GET", "HEAD")

DAY = 86_400
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
SCRIPT_CACHE = f"public, max-age={DAY // 24}, stale-while-revalidate={DAY}"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)
PAGE_HEADERS = {"referrer-policy": "same-origin", "x-frame-options": "SAMEORIGIN"}
EMBED_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
MIN_GZIP_BYTES = 512
PLAIN_TITLE = ">Footfall<"
PLAIN_CARD = 'content="Footfall"'
"""Where the page names itself."""
ELEMENTS = "footfall-elements"
"""The folder of the chunks that the elements load on demand."""


class StaticFile(msgspec.Struct, frozen=True):
    """A file in memory, plain and, if that is smaller, compressed."""

    body: bytes
    zipped: bytes | None
    etag: str
    media_type: str


class FileEndpoint:
    """Serves one file by GET and HEAD; a matching If-None-Match gets 304."""

    def __init__(
        self, file: StaticFile, cache: str, extra: dict[str, str], status: int = 200
    ) -> None:
        self._file = file
        self._status = status
        self._headers = {
            "cache-control": cache,
            "etag": file.etag,
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
            **extra,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in READ_METHODS:
            response = method_not_allowed(request.method, ", ".join(READ_METHODS))
        elif self._file.etag in request.headers.get("if-none-match", ""):
            response = Response(None, 304, self._headers)
        else:
            response = self._whole(request)
        await response(scope, receive, send)

    def _whole(self, request: Request) -> Response:
        file, headers, body = self._file, self._headers, self._file.body
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers, body = {**headers, "content-encoding": "gzip"}, file.zipped
        return Response(body, self._status, headers, media_type=file.media_type)


def script_endpoint(name: str, root: Path = ROOT) -> ASGIApp:
    """A script for pages of any origin."""
    return _endpoint(root / name, SCRIPT_CACHE, EMBED_HEADERS)


def page_routes(
    site: Callable[[str], SiteRules | None], root: Path = ROOT, sockets: str = ""
) -> list[Route]:
    """The dashboard's page at ``/`` and ``/sites/{site}``. ``sockets`` is the URL of the WebSocket
    API to which it connects, if that is not this server."""
    policy = "; ".join((*CONTENT_SECURITY_POLICY, f"connect-src 'self' {sockets}".rstrip()))
    headers = {**PAGE_HEADERS, "content-security-policy": policy}
    path = root / "dashboard" / "index.html"
    page = _endpoint(path, REVALIDATE, headers)
    of_site = SitePage(path.read_text(), site, headers) if path.is_file() else page
    return [_route("/", page), _route("/sites/{site}", of_site)]


def file_routes(root: Path = ROOT) -> list[Route]:
    """The dashboard's assets, and the chunks that the custom elements load on demand."""
    dashboard = root / "dashboard"
    assets = [
        _route(
            "/" + path.relative_to(dashboard).as_posix(),
            _endpoint(path, IMMUTABLE if path.parent.name == "assets" else REVALIDATE, {}),
        )
        for path in sorted(dashboard.rglob("*"))
        if path.is_file() and path.name != "index.html"
    ]
    chunks = [
        _route(f"/{ELEMENTS}/{path.name}", _endpoint(path, IMMUTABLE, EMBED_HEADERS))
        for path in sorted((root / ELEMENTS).glob("*.js"))
    ]
    icon = _route("/favicon.ico", _endpoint(dashboard / "favicon.svg", REVALIDATE, {}))
    return [*assets, *chunks, icon]


class SitePage:
    """The dashboard's page at the address of a site. Where everybody may see the site, it is called
    by its name, for browsers that don't run scripts: those of search engines and messengers."""

    def __init__(
        self, page: str, site: Callable[[str], SiteRules | None], headers: dict[str, str]
    ) -> None:
        self._page = page
        self._plain = _file(page.encode(), "text/html")
        self._site = site
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        endpoint: ASGIApp
        if request.method in READ_METHODS:
            rules = self._site(scope["path_params"]["site"])
            file = self._plain
            if rules is not None and rules.site.public:
                file = self._named(rules.site.name)
            endpoint = FileEndpoint(file, REVALIDATE, self._headers, 404 if rules is None else 200)
        else:
            endpoint = method_not_allowed(request.method, ", ".join(READ_METHODS))
        await endpoint(scope, receive, send)

    def _named(self, name: str) -> StaticFile:
        page = self._page.replace(PLAIN_TITLE, f">{escape(name)} · Footfall<")
        page = page.replace(PLAIN_CARD, f'content="{escape(name)} right now"')
        return _file(page.encode(), "text/html")


class _Missing:
    """Answers 404 and says how to build the missing file."""

    def __init__(self, name: str) -> None:
        self._error = NotFound(NOT_BUILT.format(name=name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await error_response(self._error)(scope, receive, send)


def _route(path: str, endpoint: ASGIApp) -> Route:
    return Route(path, endpoint)


def _endpoint(path: Path, cache: str, extra: dict[str, str]) -> ASGIApp:
    if not path.is_file():
        return _Missing(path.name)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileEndpoint(_file(path.read_bytes(), media_type), cache, extra)


def _file(body: bytes, media_type: str) -> StaticFile:
    zipped = gzip.compress(body, mtime=0) if len(body) >= MIN_GZIP_BYTES else body
    return StaticFile(
        body=body,
        zipped=zipped if len(zipped) < len(body) else None,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        media_type=media_type,
    )

"""The shop of the demo, which only ``footfall demo`` serves."""

from mimetypes import guess_type

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from footfall.demo import pages
from footfall.demo.sitemap import PAGES, ROOT, path_of

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    # Not no-store, which would keep pages out of the browser's back/forward cache.
    "Cache-Control": "no-cache",
}


def routes() -> list[Route]:
    return [
        Route(ROOT, _to_home),
        *(Route(path_of(page), _show) for page in PAGES),
        *(Route(f"{ROOT}/assets/{name}", _asset) for name in pages.ASSETS),
    ]


async def _to_home(_: Request) -> Response:
    return RedirectResponse(path_of("/"))


async def _show(request: Request) -> Response:
    return HTMLResponse(pages.render(request.scope["path"].removeprefix(ROOT)), headers=_HEADERS)


async def _asset(request: Request) -> Response:
    name = request.scope["path"].rpartition("/")[2]
    return Response(pages.asset(name), media_type=guess_type(name)[0], headers=_HEADERS)

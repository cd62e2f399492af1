"""The shop itself, as routes: a dozen pages that carry the tracker, and their assets."""

from functools import cache
from mimetypes import guess_type
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from footfall.demo.sitemap import PAGES, ROOT, path_of, title_of

_HERE = Path(__file__).parent
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
        *(
            Route(f"{ROOT}/assets/{file.name}", _asset)
            for file in sorted((_HERE / "assets").iterdir())
        ),
    ]


async def _to_home(_: Request) -> Response:
    return RedirectResponse(path_of("/"))


async def _show(request: Request) -> Response:
    return HTMLResponse(_render(request.url.path.removeprefix(ROOT)), headers=_HEADERS)


async def _asset(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    return Response(_read("assets", name), media_type=guess_type(name)[0], headers=_HEADERS)


@cache
def _render(page: str) -> str:
    layout = Template(_read("html", "layout.html").decode())
    content = _read("html", f"{_template(page)}.html").decode()
    return layout.substitute(title=title_of(page), content=content)


def _template(page: str) -> str:
    """The steps of the finder share one page, whose script tells them apart."""
    if PAGES[page].spa:
        return "finder"
    return page.rpartition("/")[2] or "home"


@cache
def _read(folder: str, name: str) -> bytes:
    return (_HERE / folder / name).read_bytes()

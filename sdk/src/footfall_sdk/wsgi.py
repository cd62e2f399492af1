"""Middleware for WSGI: Flask, Bottle, Pyramid, Django's ``wsgi.py``."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from footfall_sdk.footfall import Footfall
from footfall_sdk.visit import Visit, visit_of, visiting

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FootfallMiddleware:
    """Counts page views, and tells ``track`` who is asking."""

    def __init__(self, app: "WSGIApplication", footfall: Footfall) -> None:
        self._app = app
        self._footfall = footfall

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        visit = _visit(environ, headers, self._footfall.proxies)
        path = environ.get("PATH_INFO", "")
        if self._footfall.may_be_page(environ["REQUEST_METHOD"], path, headers):
            start_response = self._counting(visit, start_response)
        with visiting(visit):
            return self._app(environ, start_response)

    def _counting(self, visit: Visit, start_response: "StartResponse") -> "StartResponse":
        def counting(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            kind = next((item for name, item in headers if name.lower() == "content-type"), "")
            self._footfall.answered(visit, int(status[:3]), kind)
            return start_response(status, headers, *error)

        return counting


def _visit(environ: "WSGIEnvironment", headers: dict[str, str], proxies: int) -> Visit:
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"))
    query = environ.get("QUERY_STRING", "")
    return visit_of(
        headers,
        environ.get("REMOTE_ADDR", ""),
        proxies,
        environ.get("wsgi.url_scheme", "http"),
        f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}",
        f"{path}?{query}" if query else path,
    )

"""``footfall_sdk.django.middleware.FootfallMiddleware``, first in ``MIDDLEWARE``."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from footfall_sdk.django.instance import get_footfall
from footfall_sdk.footfall import Footfall
from footfall_sdk.visit import Visit, visit_of, visiting


class FootfallMiddleware:
    """Counts page views, and tells ``track`` who is asking; under WSGI and under ASGI."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._footfall = get_footfall()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._asynchronous(request) if self._is_async else self._synchronous(request)

    def _synchronous(self, request: HttpRequest) -> HttpResponseBase:
        headers, visit = _seen(request, self._footfall)
        with visiting(visit):
            response: HttpResponseBase = self._get_response(request)
        self._answered(request, headers, visit, response)
        return response

    async def _asynchronous(self, request: HttpRequest) -> HttpResponseBase:
        headers, visit = _seen(request, self._footfall)
        with visiting(visit):
            response: HttpResponseBase = await self._get_response(request)
        self._answered(request, headers, visit, response)
        return response

    def _answered(
        self,
        request: HttpRequest,
        headers: dict[str, str],
        visit: Visit,
        response: HttpResponseBase,
    ) -> None:
        if self._footfall.may_be_page(request.method or "", request.path_info, headers):
            kind = response.headers.get("Content-Type", "")
            self._footfall.answered(visit, response.status_code, kind)


def _seen(request: HttpRequest, footfall: Footfall) -> tuple[dict[str, str], Visit]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    visit = visit_of(
        headers,
        request.META.get("REMOTE_ADDR", ""),
        footfall.proxies,
        request.scheme or "http",
        f"{request.META.get('SERVER_NAME')}:{request.META.get('SERVER_PORT')}",
        request.get_full_path(),
    )
    return headers, visit

"""An HTTP operation as data: the router serves it and OpenAPI describes it, so the two can't
differ."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from footfall.http.auth.access import Access
from footfall.http.services import Services
from footfall.model import Site
from footfall.principal import Cost, Principal

Need: TypeAlias = Literal["nothing", "read", "history", "visits", "admin", "any admin", "own check"]
"""The permission that an operation needs. ``read`` and ``admin``: for the path's ``{site}`` or,
without one, for all sites. ``history``: to read the past of the path's ``{site}``. ``any admin``:
for at least one site; the handler checks which. ``own check``: the handler decides."""

JSON = "application/json"
SITE_PATH = "/api/analytics/sites/{site}"
SHORT_SITE_PATH = "/sites/{site}"
OVERVIEW_PATH = "/api/analytics/overview"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    description: str
    schema: dict[str, Any]
    place: Literal["query", "header"] = "query"


@dataclass(slots=True)
class Call:
    """One admitted request: its access is checked, its site found, its body decoded."""

    request: Request
    services: Services
    access: Access
    body: Any
    found: Site | None
    costs: Cost

    def caller(self, site: Site | None) -> Principal:
        """Who asks for ``site``, or for all that they may read. Raises RateLimited."""
        admission = self.services.admission
        return admission.caller(self.request.scope, self.access, site, self.costs)

    @property
    def site(self) -> Site:
        """The site of the path, which must have ``{site}``."""
        assert self.found is not None
        return self.found


Handler: TypeAlias = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path, served by exactly one of ``handler`` and ``endpoint``. ``body`` and
    ``answer`` are types for msgspec; an answer that is not JSON has only a ``media`` type."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    name: str
    summary: str
    needs: Need
    costs: Cost
    """The most that it may cost a caller without a token for what is asked."""
    handler: Handler | None = None
    """Gets an admitted call."""
    endpoint: Callable[[Services], ASGIApp] | None = None
    """An ASGI app that answers every method of the path, admission and errors included."""
    answer: Any = None
    status: int = 200
    media: str = JSON
    body: Any = None
    takes: tuple[str, ...] = (JSON,)
    """Content types of the body."""
    max_body_bytes: int = sys.maxsize
    """Where the operation needs less than the setting allows."""
    parameters: tuple[Parameter, ...] = ()
    any_origin: bool = True
    """Whether pages of any origin may read the answer of a GET."""
    refusals: tuple[int, ...] = ()
    """Error statuses besides those that follow from ``needs``, ``body`` and the path."""

    @property
    def shared(self) -> bool:
        """Whether pages of any origin may read the answer. Writes are same-origin only."""
        return self.any_origin and self.method == "GET"


creation = partial(Operation, method="POST", status=201)
removal = partial(Operation, method="DELETE", status=204)


def json_reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, media_type=JSON)


def no_content() -> Response:
    return Response(None, 204)

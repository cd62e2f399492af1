"""An HTTP operation as data: the router serves it and OpenAPI describes it, so neither can
say what the other does not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from footfall.http.auth import Access
from footfall.http.services import Services
from footfall.model import Site

Need: TypeAlias = Literal["nothing", "read", "admin", "some admin", "own check"]
"""``read`` and ``admin`` are meant for the path's ``{site}`` or, without one, for all sites;
``some admin``: of whatever, the handler looks of what; ``own check``: the handler decides, row
by row."""

SITE_PATH = "/api/analytics/sites/{site}"
OVERVIEW_PATH = "/api/analytics/overview"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    description: str
    schema: dict[str, Any]
    place: Literal["query", "header"] = "query"


@dataclass(slots=True)
class Call:
    """One request, already admitted: its access checked, its site found, its body decoded."""

    request: Request
    services: Services
    access: Access
    body: Any
    found: Site | None

    @property
    def site(self) -> Site:
        """The site of the path; only where the path has ``{site}``."""
        assert self.found is not None
        return self.found


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """``body`` and ``answer`` are types that msgspec knows; a ``media`` other than JSON is
    described by its name alone."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    name: str
    summary: str
    handler: Handler | None
    """None: served ahead of routing, only described here."""
    needs: Need
    answer: Any = None
    status: int = 200
    media: str = "application/json"
    body: Any = None
    takes: tuple[str, ...] = ("application/json",)
    """Content types of the body."""
    parameters: tuple[Parameter, ...] = ()
    any_origin: bool = True
    """Of a read: whether pages of any origin may have the answer."""
    refusals: tuple[int, ...] = ()
    """Statuses it may answer besides those that follow from ``needs``, ``body`` and the path."""

    @property
    def shared(self) -> bool:
        """Whether a page of any origin may read the answer. Writes are for one's own."""
        return self.any_origin and self.method == "GET"

"""Every route has a limit for callers without a token, and every operation declares the most that
it may cost them; the table in docs/limits.md says the same."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from itertools import count
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio
from starlette.routing import BaseRoute, Route, WebSocketRoute

from footfall.app import Application
from footfall.errors import NotAuthenticated, Overloaded
from footfall.http.resources import demo
from footfall.http.routes import OPERATIONS, routes
from footfall.model import Scope, Site
from footfall.principal import HOLDER, READ, Cost, Rate, Stranger
from footfall.window.query import ViewQuery
from tests.serving import (
    ADMIN,
    OTHER,
    PRIVATE,
    PUBLIC,
    add_sites,
    add_token,
    bearer,
    new_app,
    running,
)
from tests.sockets import close_code

LIMITS = (Path(__file__).parents[4] / "docs" / "limits.md").read_text()
HEADING = "## What one request may cost"
NAMES = {
    "site": PRIVATE,
    "goal": "none",
    "token": "none",
    "session": "none",
    "visit": "none",
    "source": "log",
    "path:path": "nothing/here",
}
METHODS = {(each.path, each.method) for each in OPERATIONS}
ONE_EACH = 0.001
"""A rate at which each address has one request."""
REFUSED = (429, 1013)
"""Too many requests; for sockets: try again later."""

REALTIME = f"/api/analytics/sites/{PUBLIC}/realtime"


class Request(msgspec.Struct, frozen=True):
    method: str
    path: str


def requests() -> list[Request]:
    """Of every route, and one that no route answers."""
    listed: list[BaseRoute] = [
        *routes(new_app().services),
        *demo.routes(),
        Route("/none", requests),
    ]
    return [request for route in listed for request in of_route(route)]


def of_route(route: BaseRoute) -> Iterable[Request]:
    assert isinstance(route, Route | WebSocketRoute), f"no limit is known of {route}"
    path = route.path
    for name, value in NAMES.items():
        path = path.replace(f"{{{name}}}", value)
    if isinstance(route, WebSocketRoute):
        return [Request("WS", path)]
    methods = {method for of, method in METHODS if of == route.path} or {"GET"}
    return [Request(method, path) for method in sorted({*methods, "OPTIONS", "PUT"})]


class Frugal:
    """An app where every address has one request of each kind."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self._numbers = count(1)

    def address(self) -> str:
        """One that has asked for nothing."""
        number = next(self._numbers)
        return f"198.51.{number // 250}.{number % 250 + 1}"

    async def ask(self, request: Request, address: str, headers: dict[str, str]) -> int:
        """The status of the answer, or the code with which a socket is closed."""
        if request.method == "WS":
            return await close_code(self.app, request.path, address, headers)
        transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://footfall.test"
        ) as client:
            content = b"{" if request.method in ("POST", "PATCH") else None
            answer = await client.request(
                request.method, request.path, headers=headers, content=content
            )
            return answer.status_code


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def frugal() -> AsyncIterator[Frugal]:
    app = new_app(
        admin_token=ADMIN,
        rate_limit=ONE_EACH,
        read_rate_limit=ONE_EACH,
        light_rate_limit=ONE_EACH,
    )
    async with running(app):
        await app.services.catalog.put_site(Site(id=PRIVATE, name=PRIVATE))
        yield Frugal(app)


@pytest.mark.parametrize("headers", [{}, {"cookie": "a=b"}, {"authorization": "Bearer ff_guess"}])
@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_has_a_limit_for_callers_without_a_token(
    headers: dict[str, str], frugal: Frugal
) -> None:
    unlimited = []
    for request in requests():
        address = frugal.address()
        first, second = [await frugal.ask(request, address, headers) for _ in range(2)]
        if first in REFUSED or second not in REFUSED:
            unlimited.append((request, first, second))
        assert await frugal.ask(request, frugal.address(), headers) == first
    assert not unlimited


def documented() -> dict[str, Cost]:
    """What docs/limits.md says that each operation may cost, by its name in the API's docs."""
    section = LIMITS.partition(HEADING)[2].partition("\n## ")[0]
    found: dict[str, Cost] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = re.findall(r"`(\w+)`", cells[1]) if len(cells) == 7 else []
        for name in names:
            assert name not in found, f"{name} stands there twice"
            _, _, rate, views, reports, size, seconds = cells
            found[name] = Cost(
                rate=msgspec.convert(rate, Rate),
                views=int(views),
                reports=int(reports),
                body_bytes=int(size.replace(",", "")),
                seconds=float(seconds),
            )
    return found


def test_the_docs_say_what_each_operation_may_cost() -> None:
    assert documented() == {each.name: each.costs for each in OPERATIONS}


def client_from(app: Application, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://footfall.test", headers=headers)


async def test_work_that_an_operation_has_not_declared_is_refused_to_strangers(
    app: Application,
) -> None:
    with pytest.raises(NotAuthenticated, match="no views"):
        await app.hub.document(ViewQuery(PUBLIC), Stranger("198.51.100.7", READ))
    with pytest.raises(NotAuthenticated, match="no views"):
        await app.hub.overview((PUBLIC,), Stranger("198.51.100.7", READ))
    await app.hub.document(ViewQuery(PUBLIC), HOLDER)


async def test_what_takes_a_stranger_too_long_is_ended_and_counted(app: Application) -> None:
    admission, hurried = app.services.admission, Stranger("x", Cost(rate="reads", seconds=0))
    with pytest.raises(Overloaded, match="longer than the 0 s"):
        async with admission.in_time(hurried):
            await asyncio.Event().wait()
    async with admission.in_time(HOLDER):
        await asyncio.sleep(0)
    assert admission.refused["seconds"] == 1


async def test_a_stranger_sends_fewer_bytes_than_a_token_holder(app: Application) -> None:
    body = b'{"site_id": "%s"}' % (b" " * 20_000)
    async with client_from(app, "198.51.100.7") as client:
        assert (await client.post("/api/v2/query", content=body)).status_code == 413
        client.headers.update(bearer(ADMIN))
        assert (await client.post("/api/v2/query", content=body)).status_code == 400
    assert app.services.admission.refused["bytes"] == 1
    assert b'footfall_strangers_refused_total{limit="bytes"} 1.0' in app.services.render_metrics()


async def test_a_token_of_another_site_is_a_strangers() -> None:
    async with running(new_app(admin_token=ADMIN, read_rate_limit=ONE_EACH)) as app:
        await add_sites(app)
        foreign = bearer(await add_token(app, "admin", OTHER))
        own = bearer(await add_token(app, "read", PUBLIC))
        async with client_from(app, "198.51.100.7") as client:
            asked = [(await client.get(REALTIME, headers=foreign)).status_code for _ in range(3)]
            assert asked == [200, 429, 429]
            asked = [(await client.get(REALTIME, headers=own)).status_code for _ in range(3)]
            assert asked == [200] * 3


@pytest.mark.parametrize("path", [f"/badge/{PUBLIC}.svg", REALTIME])
@pytest.mark.parametrize("scope", [None, "admin"])
async def test_badge_and_document_open_as_many_views_of_an_address(
    path: str, scope: Scope | None
) -> None:
    """Four hundred new filters must not push out what others read."""
    async with running(new_app(admin_token=ADMIN, max_views_per_address=3)) as app:
        await add_sites(app)
        headers = {} if scope is None else bearer(await add_token(app, scope, OTHER))
        async with client_from(app, "198.51.100.7", **headers) as client:
            answers = [
                (await client.get(path, params={"path": f"/{number}"})).status_code
                for number in range(5)
            ]
        assert answers == [200, 200, 200, 429, 429]
        assert app.hub.views_refused["address"] == 2

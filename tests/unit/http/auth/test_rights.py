"""Public and private sites, their past and single visits allowed or not, asked by every kind of
caller, answer what the table "Public sites" in docs/http-api.md says."""

import re
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from footfall.app import Application
from footfall.http.resources import live
from footfall.http.routes import OPERATIONS
from footfall.model import Site
from tests.serving import ADMIN, OTHER, add_token, bearer, new_app, running
from tests.sockets import GOOD, close_code

PAGE = (Path(__file__).parents[4] / "docs" / "http-api.md").read_text()
HEADING = "### Public sites, and what their owners allow"
NAMES = {"goal": "none", "visit": "none"}
ELSEWHERE = "198.51.100.7"
EVERYBODY, READER, READER_OF_ALL, ADMINS = range(4)
"""The columns of the table."""

SITES = [
    Site(id=f"site-{number}", name="Site", public=public, public_history=past, public_visits=visits)
    for number, (public, past, visits) in enumerate(product((True, False), repeat=3))
]


class Request(msgspec.Struct, frozen=True):
    method: str
    path: str
    needs: str


class Caller(msgspec.Struct, frozen=True):
    name: str
    column: int
    headers: dict[str, str]


def table() -> dict[str, list[str]]:
    """The cells of each row, by the permission that it is about."""
    section = PAGE.partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [^|]*\(`([\w ]+)`\) \|(.*)\|$", section, re.M)
    return {needs: [cell.strip() for cell in cells.split("|")] for needs, cells in rows}


def allows(cell: str, site: Site) -> bool:
    """Whether a cell of the table allows something on ``site``."""
    settings = msgspec.to_builtins(site)
    return cell != "no" and all(settings[name] for name in re.findall(r"`(\w+)`", cell))


def requests() -> Iterator[Request]:
    """Of all operations on one site that change nothing, whoever asks."""
    for each in OPERATIONS:
        if "{site}" in each.path and each.needs != "own check" and each.name != "removeSite":
            method = "HEAD" if each.path.endswith("/stream") else each.method
            yield Request(method, each.path, each.needs)
    for path in live.VIEW_PATHS.values():
        yield Request("WS", path + "/ws", "read")
    yield Request("POST", "/api/v2/query", "history")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app() -> AsyncIterator[Application]:
    async with running(
        new_app(admin_token=ADMIN, read_rate_limit=0, max_views_per_site=999)
    ) as app:
        for site in (*SITES, Site(id=OTHER, name="Other", public=True)):
            await app.services.catalog.put_site(site)
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strangers(app: Application) -> list[Caller]:
    """Who asks for every site without a right to any of them, or with a right to all."""
    tokens = [
        Caller(f"{scope} of another site", EVERYBODY, bearer(await add_token(app, scope, OTHER)))
        for scope in ("read", "write", "admin")
    ]
    every = bearer(await add_token(app, "read", None))
    return [
        Caller("nobody", EVERYBODY, {}),
        *tokens,
        Caller("session of another site", EVERYBODY, await session(app, tokens[0].headers)),
        Caller("read of all sites", READER_OF_ALL, every),
        Caller("session of all sites", READER_OF_ALL, await session(app, every)),
        Caller("admin of all sites", ADMINS, bearer(ADMIN)),
        Caller("admin's session", ADMINS, await session(app, bearer(ADMIN))),
    ]


async def callers_of(app: Application, site: Site) -> list[Caller]:
    read = bearer(await add_token(app, "read", site.id))
    return [
        Caller("write", EVERYBODY, bearer(await add_token(app, "write", site.id))),
        Caller("read", READER, read),
        Caller("session", READER, await session(app, read)),
        Caller("admin", ADMINS, bearer(await add_token(app, "admin", site.id))),
    ]


def client_of(app: Application, headers: dict[str, str]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(ELSEWHERE, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://footfall.test", headers=headers)


async def session(app: Application, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a page that is signed in with the token of ``headers``."""
    secret = headers["authorization"].removeprefix("Bearer ")
    async with client_of(app, {}) as client:
        answer = await client.post("/api/analytics/session", json={"token": secret})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return {"cookie": cookie, "origin": "http://footfall.test", "host": "footfall.test"}


async def may(app: Application, request: Request, site: Site, headers: dict[str, str]) -> bool:
    path = request.path.format(site=site.id, **NAMES)
    if request.method == "WS":
        return await close_code(app, path, ELSEWHERE, headers) == GOOD
    content = b"{" if request.method in ("POST", "PATCH") else None
    if path == "/api/v2/query":
        content = msgspec.json.encode(
            {"site_id": site.id, "metrics": ["visitors"], "date_range": "day"}
        )
    async with client_of(app, headers) as client:
        answer = await client.request(request.method, path, content=content)
    assert answer.status_code in (200, 204, 400, 401, 403, 404, 501), (request, answer.text)
    return answer.status_code not in (401, 403)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.id)
@pytest.mark.asyncio(loop_scope="module")
async def test_each_caller_may_what_the_docs_say(
    site: Site, app: Application, strangers: list[Caller]
) -> None:
    rows, wrong = table(), []
    for request, caller in product(requests(), [*strangers, *await callers_of(app, site)]):
        expected = allows(rows[request.needs][caller.column], site)
        if await may(app, request, site, caller.headers) != expected:
            wrong.append(
                (request.method, request.path, caller.name, "may" if expected else "may not")
            )
    assert not wrong


def test_the_table_has_a_row_for_each_permission_on_a_site() -> None:
    assert {request.needs for request in requests()} == table().keys()

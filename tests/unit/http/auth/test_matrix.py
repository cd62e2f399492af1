"""Every operation and live socket, asked by every kind of caller, answers what the table "Who may
what" in docs/http-api.md says."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeAlias

import httpx
import msgspec
import pytest
import pytest_asyncio

from footfall.app import Application
from footfall.http.resources import collect, dialects, live
from footfall.http.routes import OPERATIONS
from footfall.model import Site
from tests.serving import (
    ADMIN,
    OTHER,
    PRIVATE,
    add_token,
    bearer,
    new_app,
    running,
)
from tests.sockets import GOOD, close_code, status_of_stream

PAGE = (Path(__file__).parents[4] / "docs" / "http-api.md").read_text()
HEADING = "## Who may what"
SESSION = "/api/analytics/session"
NAMES = {
    "source": "log",
    "site": PRIVATE,
    "goal": "none",
    "token": "none",
    "session": "none",
    "visit": "none",
}
ELSEWHERE = "198.51.100.7"
HOST = "http://footfall.test"
REFUSALS = {401: "401", 403: "403", 4401: "4401"}
MAY = "✓"
DELETED = 204

ADMINS_SESSION, GARBAGE = "admin's session", "malformed cookie"
"""Callers without a column of their own."""

Row: TypeAlias = dict[str, str]


class Caller(msgspec.Struct, frozen=True):
    headers: dict[str, str] = {}
    query: str = ""


World: TypeAlias = tuple[Application, dict[str, Caller]]
"""An app, and its callers by name."""


class Request(msgspec.Struct, frozen=True):
    """A row of the table; ``method`` is WS for a live socket."""

    method: str
    path: str
    needs: str = "read"

    @property
    def title(self) -> str:
        return f"{self.method} {self.path}"


def table(page: str) -> tuple[list[str], dict[str, Row]]:
    """The callers of the table, and its rows by request."""
    lines = page.partition(HEADING)[2].partition("\n#")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    (_, *callers), _, *rows = cells
    return callers, {row[0].strip("`"): dict(zip(callers, row[1:], strict=True)) for row in rows}


def requests() -> list[Request]:
    sockets = live.socket_routes(new_app().services)
    return [
        *(Request(each.method, each.path, each.needs) for each in OPERATIONS),
        *(Request("WS", each.path) for each in sockets),
    ]


REQUESTS = requests()
CALLERS, ROWS = table(PAGE)
ALL_CALLERS = (*CALLERS, ADMINS_SESSION, GARBAGE)


@contextlib.asynccontextmanager
async def world(*, public: bool = False) -> AsyncIterator[World]:
    """An app with two sites, the first of which the requests are about."""
    made = new_app(admin_token=ADMIN, rate_limit=0, read_rate_limit=0, light_rate_limit=0)
    async with running(made) as app:
        for site_id in (PRIVATE, OTHER):
            site = Site(id=site_id, name=site_id, public=public and site_id == PRIVATE)
            await app.services.catalog.put_site(site)
        yield app, await callers(app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[World]:
    """For all requests that change nothing."""
    async with world() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public() -> AsyncIterator[World]:
    async with world(public=True) as made:
        yield made


async def callers(app: Application) -> dict[str, Caller]:
    read = await add_token(app, "read", PRIVATE)
    revoked = await add_token(app, "read", OTHER)
    await app.services.catalog.delete_token(f"read-{OTHER}")
    return {
        "nobody": Caller(),
        "unknown": Caller(bearer("ff_unknown")),
        "revoked": Caller(bearer(revoked)),
        "write": Caller(bearer(await add_token(app, "write", PRIVATE))),
        "other site": Caller(bearer(await add_token(app, "read", OTHER))),
        "read": Caller(bearer(read)),
        "share link": Caller(query=f"token={read}"),
        "session": await signed_in(app, read),
        "site's admin": Caller(bearer(await add_token(app, "admin", PRIVATE))),
        "admin": Caller(bearer(ADMIN)),
        ADMINS_SESSION: await signed_in(app, ADMIN),
        GARBAGE: Caller({"cookie": "footfall_session=admin.9999999999.abc", "origin": HOST}),
    }


def client_of(app: Application, headers: dict[str, str]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(ELSEWHERE, 40_000))
    return httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers)


async def signed_in(app: Application, secret: str) -> Caller:
    """A caller with the cookie of a session, who asks from the dashboard's own pages."""
    async with client_of(app, {}) as client:
        answer = await client.post(SESSION, json={"token": secret})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return Caller({"cookie": cookie, "origin": HOST, "host": HOST.partition("//")[2]})


async def ask(app: Application, request: Request, caller: Caller) -> str:
    """The cell of ``caller`` in the row of ``request``."""
    return cell(request, await code(app, request, caller))


def cell(request: Request, code: int) -> str:
    assert code in REFUSALS or code in (GOOD, 400, 404, 501) or code < 300, (
        f"{request.title}: {code}"
    )
    return REFUSALS.get(code, MAY)


async def code(app: Application, request: Request, caller: Caller) -> int:
    """The status of a request that changes nothing, unless it deletes, since its body is no JSON;
    the close code of a socket."""
    path, headers = request.path.format(**NAMES), caller.headers
    if request.method == "WS":
        return await close_code(app, path, ELSEWHERE, headers, caller.query)
    if path.endswith("/stream"):
        return await status_of_stream(app, path, ELSEWHERE, headers, caller.query)
    content = b"{" if request.method in ("POST", "PATCH", "PUT") else None
    async with client_of(app, headers) as client:
        url = f"{path}?{caller.query}"
        return (await client.request(request.method, url, content=content)).status_code


def each(requests: Sequence[Request]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("request_", requests, ids=lambda request: request.title)


def test_the_table_has_a_row_for_each_operation_and_socket() -> None:
    assert [each.title for each in REQUESTS] == list(ROWS)


@each([request for request in REQUESTS if request.method != "DELETE"])
@pytest.mark.asyncio(loop_scope="module")
async def test_each_caller_gets_what_the_docs_say(request_: Request, shared: World) -> None:
    app, known = shared
    check(request_, {name: await ask(app, request_, known[name]) for name in known})


@each([request for request in REQUESTS if request.method == "DELETE"])
async def test_each_caller_deletes_what_the_docs_say(request_: Request) -> None:
    answers: Row = {}
    while len(answers) < len(ALL_CALLERS):
        async with world() as (app, known):
            for name in [each for each in ALL_CALLERS if each not in answers]:
                answer = await code(app, request_, known[name])
                answers[name] = cell(request_, answer)
                if answer == DELETED and request_.path != SESSION:
                    break  # the next caller needs what is gone now
    check(request_, answers)


def check(request: Request, answers: Row) -> None:
    """Compare all cells of a row with the docs'. A session may do what its token may; a cookie that
    is malformed is nobody's."""
    row = ROWS[request.title]
    collecting = {*collect.PATHS.values(), *(each.path for each in dialects.DIALECTS)}
    assert {name: answers[name] for name in CALLERS} == row
    assert answers[ADMINS_SESSION] == (
        row["nobody"] if request.path in collecting else row["admin"]
    )
    assert answers[GARBAGE] == row["nobody"]


@each([request for request in REQUESTS if request.needs == "read" and "{site}" in request.path])
@pytest.mark.asyncio(loop_scope="module")
async def test_everybody_reads_a_public_site(request_: Request, public: World) -> None:
    app, known = public
    answers = {name: await ask(app, request_, caller) for name, caller in known.items()}
    refused = {name for name, answer in answers.items() if answer != MAY}
    assert refused == {"unknown", "revoked"}

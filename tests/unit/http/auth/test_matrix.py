"""Every operation and live socket, asked by every kind of caller, answers what the table "Who may
what" in docs/http-api.md says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeAlias

import httpx
import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from footfall.app import Application
from footfall.http.resources import collect, dialects, live
from footfall.http.routes import OPERATIONS
from footfall.model import Site
from tests.serving import (
    ADMIN,
    OTHER,
    PATIENCE,
    PRIVATE,
    add_token,
    bearer,
    listening,
    new_app,
)

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
ELSEWHERE = {"x-forwarded-for": "198.51.100.7"}
"""The server's own machine may read the metrics."""
REFUSALS = {401: "401", 403: "403", 4401: "4401"}
MAY = "✓"
GOOD = 1000
"""The close code of a socket that the client closed, after its first message."""

ADMINS_SESSION, GARBAGE = "admin's session", "malformed cookie"
"""Callers without a column of their own."""

Row: TypeAlias = dict[str, str]


class Caller(msgspec.Struct, frozen=True):
    headers: dict[str, str] = {}
    query: str = ""


World: TypeAlias = tuple[str, dict[str, Caller]]
"""The address of a server, and its callers by name."""


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
    lines = page.partition(HEADING)[2].partition("\n## ")[0].splitlines()
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
    """A server with two sites, the first of which the requests are about."""
    app = new_app(admin_token=ADMIN)
    async with listening(app) as address:
        for site_id in (PRIVATE, OTHER):
            site = Site(id=site_id, name=site_id, public=public and site_id == PRIVATE)
            await app.services.catalog.put_site(site)
        yield address, await callers(app, address)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[World]:
    """For all requests that change nothing."""
    async with world() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public() -> AsyncIterator[World]:
    async with world(public=True) as made:
        yield made


async def callers(app: Application, address: str) -> dict[str, Caller]:
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
        "session": await signed_in(address, read),
        "site's admin": Caller(bearer(await add_token(app, "admin", PRIVATE))),
        "admin": Caller(bearer(ADMIN)),
        ADMINS_SESSION: await signed_in(address, ADMIN),
        GARBAGE: Caller({"cookie": "footfall_session=admin.9999999999.abc", "origin": address}),
    }


async def signed_in(address: str, secret: str) -> Caller:
    """A caller with the cookie of a session, who asks from the dashboard's own pages."""
    async with httpx.AsyncClient(base_url=address, verify=False) as client:
        answer = await client.post(SESSION, json={"token": secret})
        answer.raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Caller({"cookie": cookie, "origin": address})


async def ask(address: str, request: Request, caller: Caller) -> str:
    """The cell of ``caller`` in the row of ``request``."""
    path = request.path.format(**NAMES) + (caller.query and "?" + caller.query)
    headers = ELSEWHERE | caller.headers
    async with asyncio.timeout(PATIENCE):
        if request.method == "WS":
            code = await close_code("ws" + address.removeprefix("http") + path, headers)
        else:
            code = await status(request.method, address + path, headers)
    assert code in REFUSALS or code in (GOOD, 400, 404, 501) or code < 300, (
        f"{request.title}: {code}"
    )
    return REFUSALS.get(code, MAY)


async def status(method: str, url: str, headers: dict[str, str]) -> int:
    """The status of a request that changes nothing, since its body is no JSON."""
    content = b"{" if method in ("POST", "PATCH", "PUT") else None
    async with (
        httpx.AsyncClient(verify=False) as client,  # spares each of them the certificates
        client.stream(method, url, headers=headers, content=content) as answer,
    ):
        return answer.status_code


async def close_code(url: str, headers: dict[str, str]) -> int:
    async with connect(url, additional_headers=headers) as connection:
        with contextlib.suppress(ConnectionClosed):
            await connection.recv()
            await connection.close(GOOD)
        await connection.wait_closed()
        return connection.close_code or 0


def each(requests: Sequence[Request]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("request_", requests, ids=lambda request: request.title)


def test_the_table_has_a_row_for_each_operation_and_socket() -> None:
    assert [each.title for each in REQUESTS] == list(ROWS)


@each([request for request in REQUESTS if request.method != "DELETE"])
@pytest.mark.asyncio(loop_scope="module")
async def test_each_caller_gets_what_the_docs_say(request_: Request, shared: World) -> None:
    address, known = shared
    check(request_, {name: await ask(address, request_, known[name]) for name in known})


@each([request for request in REQUESTS if request.method == "DELETE"])
async def test_each_caller_deletes_what_the_docs_say(request_: Request) -> None:
    answers: Row = {}
    while len(answers) < len(ALL_CALLERS):
        async with world() as (address, known):
            for name in [each for each in ALL_CALLERS if each not in answers]:
                answers[name] = await ask(address, request_, known[name])
                if answers[name] == MAY:
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
    address, known = public
    answers = {name: await ask(address, request_, caller) for name, caller in known.items()}
    refused = {name for name, answer in answers.items() if answer != MAY}
    assert refused == {"unknown", "revoked"}

"""The catalog in SQLite: short transactions on its own connection, from any process."""

import secrets
import sqlite3
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from footfall.catalog.port import CatalogState
from footfall.engines.sqlite.file import DatabaseFile
from footfall.engines.sqlite.worker import Worker
from footfall.errors import AlreadyExists, NotFound
from footfall.model import Goal, Site, Token

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode

VERSION = "SELECT version FROM catalog"
BUMP = "UPDATE catalog SET version = version + 1"


class SqliteCatalog:
    """See ``catalog.port.Catalog``."""

    def __init__(self, path: Path, file: DatabaseFile | None = None) -> None:
        """``file`` is that of the server which has it open already; None for a lone command.
        Raises StoreUnavailable when the file can't be opened."""
        self._file = file or DatabaseFile(path)
        self._worker = Worker(self._file, "footfall-sqlite-catalog")

    async def version(self) -> int:
        return await self._worker.run(_version)

    async def load(self) -> CatalogState:
        return await self._worker.run(partial(_in_transaction, "DEFERRED", _load))

    async def put_site(self, site: Site) -> None:
        await self._write(partial(_put_site, site=site))

    async def delete_site(self, site_id: str) -> bool:
        return await self._write(partial(_delete_site, site_id=site_id))

    async def put_goal(self, goal: Goal) -> None:
        await self._write(partial(_put_goal, goal=goal))

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        sql = "DELETE FROM goals WHERE site_id = ? AND id = ?"
        return await self._write(partial(_delete, sql=sql, key=(site_id, goal_id)))

    async def put_token(self, token: Token) -> None:
        await self._write(partial(_put_token, token=token))

    async def delete_token(self, token_id: str) -> bool:
        sql = "DELETE FROM tokens WHERE id = ?"
        return await self._write(partial(_delete, sql=sql, key=(token_id,)))

    async def salt(self, day: date) -> bytes:
        return await self._worker.run(partial(_salt, day=day))

    async def delete_salts(self, before: date) -> None:
        sql = "DELETE FROM salts WHERE day < ?"
        if await self._worker.run(partial(_delete, sql=sql, key=(before.isoformat(),))):
            self._file.has_traces = True

    async def close(self) -> None:
        await self._worker.close()

    async def _write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run a job in a transaction, and increment the version unless the job returns False."""
        return await self._worker.run(partial(_in_transaction, "IMMEDIATE", partial(_bumping, job)))


def _in_transaction(
    kind: str, job: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection
) -> T:
    connection.execute(f"BEGIN {kind}")
    try:
        result = job(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return result


def _bumping(job: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    result = job(connection)
    if result is not False:
        connection.execute(BUMP)
    return result


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute(VERSION).fetchone()[0]
    return version


def _load(connection: sqlite3.Connection) -> CatalogState:
    return CatalogState(
        version=_version(connection),
        sites=_rows(connection, Site, "SELECT body FROM sites ORDER BY id"),
        goals=_rows(connection, Goal, "SELECT body FROM goals ORDER BY site_id, id"),
        tokens=_rows(connection, Token, "SELECT body FROM tokens ORDER BY created, id"),
    )


def _rows(connection: sqlite3.Connection, kind: type[T], sql: str) -> tuple[T, ...]:
    return tuple(msgspec.json.decode(body, type=kind) for (body,) in connection.execute(sql))


def _put_site(connection: sqlite3.Connection, *, site: Site) -> None:
    connection.execute("REPLACE INTO sites VALUES (?, ?)", (site.id, _text(site)))


def _delete_site(connection: sqlite3.Connection, *, site_id: str) -> bool:
    connection.execute("DELETE FROM goals WHERE site_id = ?", (site_id,))
    connection.execute("DELETE FROM tokens WHERE site_id = ?", (site_id,))
    return _delete(connection, sql="DELETE FROM sites WHERE id = ?", key=(site_id,))


def _put_goal(connection: sqlite3.Connection, *, goal: Goal) -> None:
    _check_site(connection, goal.site_id)
    row = (goal.site_id, goal.id, _text(goal))
    connection.execute("REPLACE INTO goals VALUES (?, ?, ?)", row)


def _put_token(connection: sqlite3.Connection, *, token: Token) -> None:
    if token.site_id is not None:
        _check_site(connection, token.site_id)
    row = (token.id, token.site_id, token.created, _text(token))
    if not connection.execute("INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?)", row).rowcount:
        raise AlreadyExists(f"the token {token.id!r} already exists: revoke it first")


def _check_site(connection: sqlite3.Connection, site_id: str) -> None:
    if connection.execute("SELECT 1 FROM sites WHERE id = ?", (site_id,)).fetchone() is None:
        raise NotFound(f"there is no site {site_id!r}: add it first")


def _salt(connection: sqlite3.Connection, *, day: date) -> bytes:
    key = day.isoformat()
    connection.execute("INSERT OR IGNORE INTO salts VALUES (?, ?)", (key, secrets.token_bytes(32)))
    salt: bytes = connection.execute("SELECT salt FROM salts WHERE day = ?", (key,)).fetchone()[0]
    return salt


def _delete(connection: sqlite3.Connection, *, sql: str, key: tuple[str, ...]) -> bool:
    return connection.execute(sql, key).rowcount > 0


def _text(value: Site | Goal | Token) -> str:
    return _encode(value).decode()

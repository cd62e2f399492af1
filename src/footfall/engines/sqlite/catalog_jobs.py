"""What the catalog does within one transaction each."""

import secrets
import sqlite3
import time
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, TypeAlias, TypeVar

import msgspec

from footfall.catalog import rules
from footfall.catalog.port import REMOVAL_GRACE_S, CatalogState
from footfall.engines.sqlite import statements
from footfall.model import BrowserSession, Goal, Site, Token

T = TypeVar("T")
SqlKey: TypeAlias = tuple[Any, ...]

VERSION = "SELECT version FROM catalog"
SITES = "SELECT body FROM sites ORDER BY id"

_encode = msgspec.json.Encoder().encode


def store_id(connection: sqlite3.Connection) -> str:
    found: str = connection.execute("SELECT id FROM store").fetchone()[0]
    return found


def version(connection: sqlite3.Connection) -> int:
    number: int = connection.execute(VERSION).fetchone()[0]
    return number


def load(connection: sqlite3.Connection) -> CatalogState:
    return CatalogState(
        version=version(connection),
        sites=_rows(connection, Site, SITES),
        goals=_rows(connection, Goal, "SELECT body FROM goals ORDER BY site_id, id"),
        tokens=_rows(connection, Token, "SELECT body FROM tokens ORDER BY created, id"),
        sessions=_rows(
            connection, BrowserSession, "SELECT body FROM sessions ORDER BY created, id"
        ),
        added=dict(connection.execute("SELECT id, added FROM sites")),
        removed=_ids(connection, "SELECT id FROM removed_sites ORDER BY id"),
    )


def put_site(connection: sqlite3.Connection, *, site: Site) -> bool:
    """False if a site of this id had left something: call again until all of it is deleted."""
    rules.check_new_site(site, _rows(connection, Site, SITES))
    if _first_change(connection, statements.SWEEP_SITE, (site.id, statements.PRUNE_STEP)):
        return False
    row = (site.id, _text(site), version(connection) + 1)
    connection.execute("INSERT INTO sites (id, body, added) VALUES (?, ?, ?)", row)
    connection.execute("DELETE FROM removed_sites WHERE id = ?", (site.id,))
    return True


def change_site(connection: sqlite3.Connection, *, before: Site, after: Site) -> bool:
    found = _rows(connection, Site, "SELECT body FROM sites WHERE id = ?", (before.id,))
    if not found:
        raise rules.no_site(before.id)
    if found[0] != before:
        return False
    if rules.new_names(before, after):
        rules.check_changed_site(before, after, _rows(connection, Site, SITES))
    connection.execute("UPDATE sites SET body = ? WHERE id = ?", (_text(after), before.id))
    return True


def delete_site(connection: sqlite3.Connection, *, site_id: str) -> bool:
    if not delete(connection, sql="DELETE FROM sites WHERE id = ?", key=(site_id,)):
        return False
    of_tokens = "(SELECT id FROM tokens WHERE site_id = ?)"
    connection.execute(f"DELETE FROM sessions WHERE token_id IN {of_tokens}", (site_id,))  # noqa: S608
    connection.execute("DELETE FROM tokens WHERE site_id = ?", (site_id,))
    connection.execute("DELETE FROM goals WHERE site_id = ?", (site_id,))
    connection.execute("REPLACE INTO removed_sites VALUES (?, ?)", (site_id, int(time.time())))
    return True


def sweep(connection: sqlite3.Connection) -> int:
    return _first_change(connection, statements.SWEEP, (statements.PRUNE_STEP,))


def forget_swept(connection: sqlite3.Connection) -> bool:
    """Forget removed sites that have nothing left, once their grace is over (or lies ahead, since
    the clock was set back)."""
    now = int(time.time())
    sql = """
        DELETE FROM removed_sites WHERE at NOT BETWEEN ? AND ?
        AND NOT EXISTS (SELECT 1 FROM events WHERE site = removed_sites.id)
        AND NOT EXISTS (SELECT 1 FROM minutes WHERE site = removed_sites.id)
    """
    return delete(connection, sql=sql, key=(now - REMOVAL_GRACE_S, now))


def put_goal(connection: sqlite3.Connection, *, goal: Goal) -> None:
    _check_site(connection, goal.site_id)
    sql = "SELECT body FROM goals WHERE site_id = ?"
    rules.check_new_goal(goal, _rows(connection, Goal, sql, (goal.site_id,)))
    row = (goal.site_id, goal.id, _text(goal))
    connection.execute("INSERT INTO goals VALUES (?, ?, ?)", row)


def put_token(connection: sqlite3.Connection, *, token: Token) -> None:
    if token.site_id is not None:
        _check_site(connection, token.site_id)
    sql = "SELECT body FROM tokens WHERE site_id IS ? OR id = ?"
    rules.check_new_token(token, _rows(connection, Token, sql, (token.site_id, token.id)))
    row = (token.id, token.site_id, token.created, _text(token))
    connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?)", row)


def delete_token(connection: sqlite3.Connection, *, token_id: str, keeps_admin: bool) -> bool:
    sql = "SELECT body FROM tokens WHERE site_id IS NULL"
    of_all_sites = _rows(connection, Token, sql) if keeps_admin else ()
    for token in of_all_sites:
        if token.id == token_id:
            rules.check_revocation(token, of_all_sites)
    if not delete(connection, sql="DELETE FROM tokens WHERE id = ?", key=(token_id,)):
        return False
    connection.execute("DELETE FROM sessions WHERE token_id = ?", (token_id,))
    return True


def put_session(connection: sqlite3.Connection, *, session: BrowserSession) -> None:
    sql = "SELECT body FROM sessions WHERE token_id = ?"
    same = _rows(connection, BrowserSession, sql, (session.token_id,))
    delete_sessions(connection, ids=rules.surplus_sessions(same))
    row = (session.id, session.token_id, session.created, _text(session))
    connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)


def delete_sessions(connection: sqlite3.Connection, *, ids: Collection[str]) -> bool:
    rows = [(each,) for each in ids]
    return connection.executemany("DELETE FROM sessions WHERE id = ?", rows).rowcount > 0


def salt(connection: sqlite3.Connection, *, day: date) -> bytes:
    key = day.isoformat()
    connection.execute("INSERT OR IGNORE INTO salts VALUES (?, ?)", (key, secrets.token_bytes(32)))
    found: bytes = connection.execute("SELECT salt FROM salts WHERE day = ?", (key,)).fetchone()[0]
    return found


def delete(connection: sqlite3.Connection, *, sql: str, key: SqlKey) -> bool:
    return connection.execute(sql, key).rowcount > 0


def _first_change(connection: sqlite3.Connection, deletions: Iterable[str], key: SqlKey) -> int:
    """How many rows the first statement that changes any has changed."""
    for sql in deletions:
        if count := connection.execute(sql, key).rowcount:
            return count
    return 0


def _rows(
    connection: sqlite3.Connection, kind: type[T], sql: str, key: SqlKey = ()
) -> tuple[T, ...]:
    return tuple(msgspec.json.decode(body, type=kind) for (body,) in connection.execute(sql, key))


def _ids(connection: sqlite3.Connection, sql: str) -> tuple[str, ...]:
    return tuple(each for (each,) in connection.execute(sql))


def _check_site(connection: sqlite3.Connection, site_id: str) -> None:
    if connection.execute("SELECT 1 FROM sites WHERE id = ?", (site_id,)).fetchone() is None:
        raise rules.no_site(site_id)


def _text(value: Site | Goal | Token | BrowserSession) -> str:
    return _encode(value).decode()

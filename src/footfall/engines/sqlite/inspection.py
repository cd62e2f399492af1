"""What is in a file, and whether it is whole. Changes nothing, also while a server uses it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from footfall.engines.sqlite.connection import explained, open_existing
from footfall.engines.sqlite.schema import pragma

MAX_COMPLAINTS = 10


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes are in bytes, times in ms; ``oldest`` and ``newest`` are None without events."""

    damage: tuple[str, ...]
    """What SQLite complains of; empty when the file is whole."""
    schema: int
    sites: int
    goals: int
    tokens: int
    events: int
    oldest: int | None
    newest: int | None
    size: int
    log_size: int
    """The write-ahead log beside the file."""
    free: int
    """Of deleted events, reused before the file grows."""


def inspect(store: Path) -> Inspection:
    """Raises StoreUnavailable if it can't be read at all, or belongs to another program."""
    with closing(open_existing(store)) as connection:
        found = _damage(connection)
        with explained(store):
            count = {
                table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
                for table in ("sites", "goals", "tokens", "events")
            }
            oldest, newest = connection.execute(
                "SELECT min(time), max(time) FROM events"
            ).fetchone()
            return Inspection(
                damage=found,
                schema=pragma(connection, "user_version"),
                **count,
                oldest=oldest,
                newest=newest,
                size=store.stat().st_size,
                log_size=_size(store.with_name(store.name + "-wal")),
                free=pragma(connection, "freelist_count") * pragma(connection, "page_size"),
            )


def damage(store: Path) -> tuple[str, ...]:
    """What SQLite complains of. Raises StoreUnavailable like ``inspect``."""
    with closing(open_existing(store)) as connection:
        return _damage(connection)


def _damage(connection: sqlite3.Connection) -> tuple[str, ...]:
    try:
        rows = connection.execute(f"PRAGMA integrity_check({MAX_COMPLAINTS})").fetchall()
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(text for (text,) in rows if text != "ok")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

"""The tables, and the migrations that bring older files up to date.

``PRAGMA user_version`` is the number of migrations applied to a file. Never change a released
migration: add another one.
"""

import sqlite3

from footfall.engines.sqlite.transaction import in_transaction
from footfall.errors import StoreUnavailable

APPLICATION_ID = 0x466F6F74
"""``Foot``: distinguishes our files from other SQLite databases."""

# ``body`` is the complete event, as the array that ``Event`` encodes to; the other columns are for
# searching. ``id`` orders events of one millisecond. Offsets are never reused.
EVENTS = """
CREATE TABLE events (
    "offset" INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    time INTEGER NOT NULL,
    id TEXT NOT NULL,
    is_signal INTEGER NOT NULL,
    is_linked INTEGER NOT NULL,
    body TEXT NOT NULL
)
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        EVENTS,
        "CREATE INDEX events_by_time ON events (site, time)",
        "CREATE INDEX events_signals ON events (time) WHERE is_signal",
        "CREATE INDEX events_links ON events (time) WHERE is_linked",
        "CREATE TABLE sites (id TEXT PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE goals (site_id TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,"
        " PRIMARY KEY (site_id, id))",
        "CREATE TABLE tokens (id TEXT PRIMARY KEY, site_id TEXT, created INTEGER NOT NULL,"
        " body TEXT NOT NULL)",
        "CREATE TABLE salts (day TEXT PRIMARY KEY, salt BLOB NOT NULL)",
        "CREATE TABLE catalog (version INTEGER NOT NULL)",
        "INSERT INTO catalog VALUES (0)",
    ),
    (
        "ALTER TABLE sites ADD COLUMN added INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, token_id TEXT NOT NULL,"
        " created INTEGER NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX sessions_by_token ON sessions (token_id)",
        "CREATE TABLE removed_sites (id TEXT PRIMARY KEY, at INTEGER NOT NULL)",
    ),
    (
        "CREATE TABLE minutes (site TEXT NOT NULL, minute INTEGER NOT NULL,"
        " current_visitors INTEGER NOT NULL, present_visitors INTEGER NOT NULL,"
        " visitors INTEGER NOT NULL, page_views INTEGER NOT NULL,"
        " PRIMARY KEY (site, minute)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE store (id TEXT NOT NULL)",
        "INSERT INTO store VALUES (lower(hex(randomblob(16))))",
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the current schema, in one transaction.

    Raises StoreUnavailable if the file belongs to another program or a newer Footfall. The text
    continues a sentence that begins with the path.
    """
    if _version(connection) == len(MIGRATIONS):
        return
    in_transaction("IMMEDIATE", _apply, connection)


def _apply(connection: sqlite3.Connection) -> None:
    for migration in MIGRATIONS[_version(connection) :]:
        for statement in migration:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def check_owner(connection: sqlite3.Connection) -> None:
    """Raises StoreUnavailable like ``migrate``, also for an empty file, and changes nothing."""
    if not _version(connection):
        raise StoreUnavailable("is empty: it is no store yet")


def _version(connection: sqlite3.Connection) -> int:
    owner = pragma(connection, "application_id")
    version = pragma(connection, "user_version")
    is_empty = pragma(connection, "schema_version") == 0
    if owner != APPLICATION_ID and not is_empty:
        raise StoreUnavailable(
            "is a SQLite database of another program: choose another file as the store"
        )
    if version > len(MIGRATIONS):
        raise StoreUnavailable(
            f"was written by a newer Footfall (schema {version}, this one knows "
            f"{len(MIGRATIONS)}): run that version, or restore a copy from before the upgrade"
        )
    return version


def pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value

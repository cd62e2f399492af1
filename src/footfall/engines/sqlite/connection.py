"""Connections whose commits are durable, and errors that say what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from footfall.engines.sqlite.schema import check_owner, migrate
from footfall.errors import StoreUnavailable

BUSY_TIMEOUT_S = 5.0
"""How long one connection waits for another's write, in this or another process."""

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit is on the disk when it returns
    "journal_size_limit = 67108864",
    "cache_size = -8192",  # KiB, so 8 MiB for each connection
    "secure_delete = ON",  # deleted salts and links are overwritten, also in pages that become free
    "temp_store = MEMORY",
)

_REMEDIES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space, nothing needs a restart",
    sqlite3.SQLITE_BUSY: "another program has locked it: stop the program that has it open",
    sqlite3.SQLITE_LOCKED: "another program has locked it: stop the program that has it open",
    sqlite3.SQLITE_READONLY: "it cannot be written: give this user write permission for the file "
    "and its folder",
    sqlite3.SQLITE_PERM: "it cannot be written: give this user write permission for the file "
    "and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that its folder exists and that this "
    "user may write there",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a backup, or move it away to start "
    "with an empty store",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database: name another one, or restore a backup",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write: check it and the system's log",
}


def open_connection(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, with the current schema, for one thread at a time.

    Raises StoreUnavailable.
    """
    _create(path)
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        with _closed_on_error(path, connection):
            migrate(connection)
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            migrate(connection)
    return connection


def open_existing(path: Path) -> sqlite3.Connection:
    """A connection to a file as it is, for commands beside a server: not created, not migrated.

    Raises StoreUnavailable if there is none, or it is of another program or a newer Footfall.
    """
    if not path.is_file():
        raise StoreUnavailable(f"there is no store at {path}: check the path")
    uri = f"{path.absolute().as_uri()}?mode=rw"  # a log that a killed server left must be applied
    with explained(path):
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        with _closed_on_error(path, connection):
            check_owner(connection)
    return connection


@contextmanager
def _closed_on_error(path: Path, connection: sqlite3.Connection) -> Iterator[None]:
    """The texts of the schema's refusals continue a sentence that begins with the path."""
    try:
        yield
    except StoreUnavailable as error:
        connection.close()
        raise StoreUnavailable(f"{path} {error}") from None
    except BaseException:
        connection.close()
        raise


def _create(path: Path) -> None:
    """For this user only; SQLite gives its files beside it the same permissions."""
    with suppress(OSError):  # it exists, or SQLite's own error says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns sqlite3's errors into StoreUnavailable with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        # Extended codes have the primary one in their low byte: https://sqlite.org/rescode.html
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        remedy = _REMEDIES.get(code, "see the server's log")
        raise StoreUnavailable(
            f"the store {path}: {remedy} ({error})",
            public=f"the store cannot be used now: {remedy}",
        ) from error

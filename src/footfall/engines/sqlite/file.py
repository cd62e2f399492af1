"""One database file as a process has it open: is it still the one at its path, and is it whole?"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from footfall.engines.sqlite.connection import explained, open_connection
from footfall.errors import StoreUnavailable

TIMEOUT_S = 10.0
"""How long a caller waits for one job on the file, unless the settings say otherwise."""

GONE = (
    "the store's file was removed, replaced or cut short while the server was running: put it back "
    "or restore a backup, and restart the server"
)
DAMAGED = "the store's file is damaged: restore a backup, and restart the server"

DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

Identity: TypeAlias = tuple[int, int]
"""Device and inode."""


class DatabaseFile:
    """Shared by all connections of a process, in any thread.

    Damage is remembered until the process ends: what is written after it may be lost.
    """

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self.path = path
        self.timeout_s = timeout_s
        self.has_traces = True
        """Deleted secrets may still be in the write-ahead log: after a deletion, and at first,
        because the process before this one may have been killed after one."""
        self._wal = path.with_name(path.name + "-wal")
        self._main_name, self._wal_name = str(path), str(self._wal)
        self._main_identity: Identity | None = None
        self._wal_identity: Identity | None = None
        self._size = 0
        self._found: str | None = None
        """What was wrong when somebody looked last."""
        self._looking = threading.Lock()
        self.is_damaged = False
        """Found by SQLite, by any connection."""
        self._connections = 0
        self._closing = threading.Lock()
        """Connections close one at a time: SQLite keeps its write-ahead log, and in it what was
        deleted, unless the last of them closes alone."""
        self._lock = threading.Lock()

    def connect(self) -> sqlite3.Connection:
        """Raises StoreUnavailable, also when the file is not the one that was opened first."""
        if self._main_identity is not None:
            self.check()  # opening would create an empty file
        connection = open_connection(self.path)
        with self._lock:
            if self._main_identity is None:
                self._main_identity = _identity(self.path)
            if not self._connections:  # SQLite makes a new one for the first connection
                self._wal_identity = _identity(self._wal)
            self._connections += 1
        return connection

    def disconnect(self, connection: sqlite3.Connection) -> None:
        with self._closing:
            connection.close()
        with self._lock:
            self._connections -= 1

    def check(self) -> None:
        """Look at the file. Raises StoreUnavailable when what is written now would be lost at the
        next start."""
        self._refuse(self.look())

    def refuse_damage(self) -> None:
        """Raises StoreUnavailable when damage was found before. Does not wait for the disk."""
        if self.is_damaged:
            self._refuse(DAMAGED)

    def problem(self) -> str | None:
        """What was wrong at the last look, as text for anyone; None if nothing was. Does not wait
        for the disk."""
        return DAMAGED if self.is_damaged else self._found

    def look(self) -> str | None:
        """The same as of now. Waits for the disk, which may hang: never call it in the event
        loop."""
        with self._looking:
            self._found = self._look()
        return self.problem()

    def _refuse(self, problem: str | None) -> None:
        if problem is not None:
            raise StoreUnavailable(f"{self.path}: {problem}", public=problem)

    def _look(self) -> str | None:
        try:
            main, wal = os.stat(self._main_name), os.stat(self._wal_name)  # noqa: PTH116 - often
        except OSError:
            return GONE
        found = (main.st_dev, main.st_ino), (wal.st_dev, wal.st_ino)
        if found != (self._main_identity, self._wal_identity):
            return GONE
        if main.st_size < self._size and _is_cut(self.path, main.st_size):
            return GONE
        self._size = main.st_size
        return None

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns sqlite3's errors into StoreUnavailable with a remedy, and remembers damage."""
        try:
            with explained(self.path):
                yield
        except StoreUnavailable as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
            self.is_damaged = self.is_damaged or code in DAMAGE_CODES
            raise


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_cut(path: Path, size: int) -> bool:
    """Whether the file's header tells of more pages than it has. Not after a VACUUM.

    https://sqlite.org/fileformat2.html#the_database_header
    """
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100:
        return True
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    return size < pages * (65_536 if page == 1 else page)

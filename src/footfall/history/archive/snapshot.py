"""A site's archive as it stands at one moment, for processes that only read it: a folder with the
manifest, and files with the rows of what is not archived yet, whose visits are decided.

The archived files that the manifest names stay long enough (``keeper``).
"""

from copy import copy
from pathlib import Path

import duckdb
import msgspec

from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import drop, parquet, quote
from footfall.history.archive.manifest import Kind, Manifest
from footfall.history.archive.site import SiteArchive, relation, rows_of
from footfall.history.archive.visits import DECIDING, RUNNING_EVENTS, decide

EVENTS, VISITS = "events.parquet", "visits.parquet"


class Snapshot:
    """``events`` and ``visits`` are SQL for what was not archived."""

    def __init__(self, folder: Path, path: Path) -> None:
        """``folder`` is the site's, ``path`` that of the snapshot. Raises OSError and
        MsgspecError."""
        self.manifest = msgspec.json.decode((path / manifests.NAME).read_bytes(), type=Manifest)
        self.events = parquet([path / EVENTS], "no_events")
        self.visits = parquet([path / VISITS], "no_visits")
        self._folder = folder

    def relation(self, kind: Kind, since: int = 0) -> str:
        """See ``site.relation``."""
        return relation(self._folder, self.manifest, kind, since)

    def rows(self, kind: Kind, since: int) -> int:
        """How many rows ``relation`` has."""
        return rows_of(self.manifest, kind, since)


def write(cursor: duckdb.DuckDBPyConnection, archive: SiteArchive, path: Path) -> None:
    """Fill the folder ``path``. What has arrived is pinned before the manifest is read: what is
    archived meanwhile is then in one of them. Raises ``duckdb.Error`` and OSError."""
    path.mkdir(exist_ok=True)
    cursor.begin()
    try:
        cursor.execute("SELECT count(*) FROM arrived").fetchall()
        pinned = copy(archive)
        pinned.prepare(cursor)
        for statement in decide(pinned.running()):
            cursor.execute(statement)
        events = f"FROM ({RUNNING_EVENTS}) WHERE time >= {pinned.manifest.until}"
        for name, rows in ((EVENTS, events), (VISITS, "FROM visits")):
            target = quote(str(path / name))
            cursor.execute(f"COPY ({rows}) TO {target} (FORMAT parquet, COMPRESSION snappy)")
        drop(cursor, DECIDING)
        (path / manifests.NAME).write_bytes(msgspec.json.encode(pinned.manifest))
    finally:
        cursor.rollback()


def take(cursor: duckdb.DuckDBPyConnection, archive: SiteArchive, path: Path) -> Snapshot:
    """Written and read in one process. Raises the same."""
    write(cursor, archive, path)
    return Snapshot(archive.folder, path)

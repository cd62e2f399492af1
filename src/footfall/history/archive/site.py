"""One site's archive: a folder of Parquet files, and its manifest."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from footfall.errors import StoreUnavailable
from footfall.history.archive import firsts
from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import TABLES, drop, parquet, quote
from footfall.history.archive.manifest import Alias, ArchiveFile, Kind, Manifest
from footfall.history.archive.schema import ARRIVED, ROW_GROUP, VERSION, names
from footfall.history.archive.visits import (
    DECIDING,
    MARKED_EVENTS,
    REPEAT_MS,
    decide,
    decide_people,
)
from footfall.times import DAY_MS, MINUTE_MS, VISIT_GAP_MS, utc_minute

EMPTY = {
    "events": "no_events",
    "visits": "no_visits",
    "open": "no_arrived",
    "totals": "no_totals",
    "people": "no_people",
}
SORTED_BY = {
    "events": "time",
    "visits": "visit_start",
    "open": "time",
    "totals": "day, dimension",
    "people": "day",
}
FILES = ("*.parquet", "*.parquet.tmp")
NAMED = 3
"""Files in a message."""

# The file of open visits names no earlier hash: who is who is in the manifest by then. Ids that may
# still come again are in it as events of the type "seen".
OPEN = f"""
SELECT {names(ARRIVED)} FROM (
    FROM (
        SELECT decided.* REPLACE (NULL::BIGINT AS previous_visitor)
        FROM decided JOIN visits
            ON visits.visitor = decided.person AND visits.visit_start = decided.visit_start
        WHERE visit_end + {VISIT_GAP_MS} > {{until}}
    )
    UNION ALL BY NAME
    SELECT id, max(time) AS time, 'seen' AS type FROM stretch
    WHERE time >= {{until}} - {REPEAT_MS} AND type NOT IN ('ping', 'leave') GROUP BY id
)
"""
PEOPLE_OF = "FROM people WHERE day >= {first} AND day < {end}"
"""Of the days that are over."""


class SiteArchive:
    """Methods that take a cursor raise ``duckdb.Error`` and OSError; then nothing has changed but
    files that the manifest does not name."""

    def __init__(self, folder: Path, site: str) -> None:
        """Raises StoreUnavailable when the manifest can't be used."""
        self.folder = folder
        self.site = site
        self.manifest = manifests.read(folder)
        self.replaced: list[Path] = []
        """Files that the manifest no longer names, but a report may still read."""

    def relation(self, kind: Kind, since: int = 0) -> str:
        """See below."""
        return relation(self.folder, self.manifest, kind, since)

    def running(self) -> str:
        """SQL for the arrived events that are not archived, and those of open visits."""
        arrived = f"FROM arrived WHERE site = {quote(self.site)} AND time >= {self.manifest.until}"
        return f"({arrived} UNION ALL BY NAME {self.relation('open')})"

    def prepare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Make the temporary table ``aliases``."""
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE aliases (visitor BIGINT, person BIGINT, day BIGINT)"
        )
        columns = list(zip(*map(msgspec.structs.astuple, self.manifest.aliases), strict=True))
        if columns:
            insert = "INSERT INTO aliases SELECT unnest(?), unnest(?), unnest(?)"
            cursor.execute(insert, [list(each) for each in columns])

    def close(self, cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
        """Archive the stretch that ends before ``until``; its first event is of ``since`` or
        later."""
        self.create()
        self.prepare(cursor)
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE stretch AS FROM {self.running()} WHERE time < {until}"
        )
        for statement in decide("stretch"):
            cursor.execute(statement)
        firsts.mark(cursor, self.relation)
        new: list[tuple[Kind, str]] = [
            ("events", f"FROM ({MARKED_EVENTS}) WHERE time >= {max(since, self.manifest.until)}"),
            ("visits", f"FROM visits WHERE visit_end + {VISIT_GAP_MS} <= {until}"),
            ("open", OPEN.format(until=until)),
            ("people", PEOPLE_OF.format(first=self.manifest.until // DAY_MS, end=until // DAY_MS)),
        ]
        written = (self.write(cursor, kind, rows, since, until) for kind, rows in new)
        kept = [each for each in self.manifest.files if each.kind != "open"]
        self._commit(
            msgspec.structs.replace(
                self.manifest,
                until=until,
                files=(*kept, *filter(None, written)),
                aliases=_aliases(cursor, until),
            )
        )
        drop(cursor, ("stretch", *DECIDING, *firsts.TABLES))

    def note_people(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Keep who is who across midnight, before the log forgets it."""
        self.prepare(cursor)
        for statement in decide_people(self.running()):
            cursor.execute(statement)
        aliases = _aliases(cursor, self.manifest.until)
        if aliases != self.manifest.aliases:
            self.create()
            self._commit(msgspec.structs.replace(self.manifest, aliases=aliases))
        drop(cursor, DECIDING)

    def merge(self, cursor: duckdb.DuckDBPyConnection, files: Sequence[ArchiveFile]) -> None:
        """Make one file of several of one kind and origin."""
        kind = files[0].kind
        rows = "FROM " + parquet((self.folder / each.name for each in files), EMPTY[kind])
        rows = f"SELECT {names(TABLES[EMPTY[kind]])} {rows}"
        since, until = min(each.since for each in files), max(each.until for each in files)
        merged = self.write(cursor, kind, rows, since, until)
        assert merged is not None
        merged = msgspec.structs.replace(merged, imported=files[0].imported)
        kept = [each for each in self.manifest.files if each not in files]
        self._commit(msgspec.structs.replace(self.manifest, files=(*kept, merged)))

    def renew(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Write anew what an older schema has: without the columns that are gone."""
        if self.manifest.schema < VERSION:
            for file in self.manifest.of_kind("events"):
                self.merge(cursor, [file])
            self._commit(msgspec.structs.replace(self.manifest, schema=VERSION))

    def forget_people(self, before: int) -> None:
        """Forget which hash was whose on the days before a time (ms): the log has none of them any
        more. The person stays, under one hash."""
        kept = [
            each for each in self.manifest.files if each.kind != "people" or each.until > before
        ]
        if len(kept) < len(self.manifest.files):
            self._commit(msgspec.structs.replace(self.manifest, files=tuple(kept)))

    def add(self, files: Sequence[ArchiveFile], digest: str) -> None:
        """Take in files that are in the folder already."""
        manifest = self.manifest
        self._commit(
            msgspec.structs.replace(
                manifest, files=(*manifest.files, *files), imports=(*manifest.imports, digest)
            )
        )

    def replace(
        self, files: tuple[ArchiveFile, ...], until: int, aliases: tuple[Alias, ...]
    ) -> None:
        """Consist of other files."""
        self._commit(
            msgspec.structs.replace(self.manifest, files=files, until=until, aliases=aliases)
        )

    def create(self) -> None:
        """Make the folder. The manifest comes first: where files are without one, it was lost.
        Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / manifests.NAME).exists():
            manifests.write(self.folder, self.manifest)

    def lacks(self) -> StoreUnavailable | None:
        """Which files the manifest names and the folder does not have, or not in that size."""
        names = self._strange()
        if not names:
            return None
        return StoreUnavailable(
            f"the archive of {self.site} lacks {', '.join(names[:NAMED])}"
            f"{' …' if len(names) > NAMED else ''}: restore {self.folder} from a backup",
            public="the archive lacks files: its operator finds their names in the log",
        )

    def require_own(self) -> None:
        """Raises StoreUnavailable when the manifest is another folder's: this one has none of the
        files that it names."""
        if self.manifest.files and len(self._strange()) == len(self.manifest.files):
            raise StoreUnavailable(
                f"the archive's {self.folder / manifests.NAME} is not of this folder, which has "
                f"none of the {len(self.manifest.files)} files that it names: {manifests.REMEDY}",
                public=manifests.CANNOT_BE_READ,
            )

    def _strange(self) -> list[str]:
        return [each.name for each in self.manifest.files if not self._is_there(each)]

    def _is_there(self, file: ArchiveFile) -> bool:
        try:
            return (self.folder / file.name).stat().st_size == file.bytes
        except FileNotFoundError:
            return False

    def leftovers(self) -> list[Path]:
        """Files of what was killed. Only a manifest that names others, and these are all there,
        tells what is one: nothing is removed because something is missing."""
        named = {each.name for each in self.manifest.files}
        if not named or self._strange():
            return []
        files = (path for pattern in FILES for path in self.folder.glob(pattern))
        return [path for path in files if path.name not in named]

    def write(
        self,
        cursor: duckdb.DuckDBPyConnection,
        kind: Kind,
        rows: str,
        since: int,
        until: int,
    ) -> ArchiveFile | None:
        """Write a file that the manifest does not name yet; None if there are no rows."""
        name = self.free_name(kind, since, until)
        path, temporary = self.folder / name, self.folder / (name + ".tmp")
        count = cursor.execute(
            f"COPY (FROM ({rows}) ORDER BY {SORTED_BY[kind]}) TO {quote(str(temporary))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        ).fetchone()
        assert count is not None
        if not count[0]:
            temporary.unlink(missing_ok=True)
            return None
        manifests.sync(temporary)
        temporary.rename(path)
        return ArchiveFile(name, kind, since, until, count[0], path.stat().st_size)

    def free_name(self, kind: Kind, since: int, until: int) -> str:
        """Readers may still be in a file of the same stretch, so names are not used again."""
        stem, number = f"{kind}-{_text(since)}-{_text(until)}", 1
        while (self.folder / f"{stem}-{number}.parquet").exists():
            number += 1
        return f"{stem}-{number}.parquet"

    def _commit(self, manifest: Manifest) -> None:
        manifests.sync(self.folder)
        manifests.write(self.folder, manifest)
        named = {each.name for each in manifest.files}
        gone = (each.name for each in self.manifest.files if each.name not in named)
        self.replaced += [self.folder / name for name in gone]
        self.manifest = manifest


def relation(folder: Path, manifest: Manifest, kind: Kind, since: int = 0) -> str:
    """SQL for the archived rows of ``kind`` of which some may be of ``since`` or later."""
    files = _files(manifest, kind, since)
    return parquet((folder / each.name for each in files), EMPTY[kind])


def rows_of(manifest: Manifest, kind: Kind, since: int) -> int:
    """How many rows ``relation`` has."""
    return sum(each.rows for each in _files(manifest, kind, since))


def _files(manifest: Manifest, kind: Kind, since: int) -> list[ArchiveFile]:
    return [each for each in manifest.of_kind(kind) if each.until > since]


def _aliases(cursor: duckdb.DuckDBPyConnection, until: int) -> tuple[Alias, ...]:
    """Those that later events may need."""
    rows = cursor.execute(
        "FROM people WHERE day >= ? ORDER BY day, visitor", [until // DAY_MS - 1]
    ).fetchall()
    return tuple(Alias(*row) for row in rows)


def _text(time: int) -> str:
    """As in file names: ``20261125T1000``."""
    return utc_minute(time // MINUTE_MS).replace("-", "").replace(":", "")

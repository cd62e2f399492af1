"""A past that comes all at once: archived apart, then taken into its site's archive.

Whoever imports builds a folder in ``incoming``, in any process; the archive's process takes it in.
Imported events keep to themselves: their visitors are nobody whom the log knows.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec

from footfall.history.archive import arrivals
from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import open_database, quote
from footfall.history.archive.schedule import next_month
from footfall.history.archive.schema import TOTALS
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import INCOMING
from footfall.history.limits import ArchiveLimits
from footfall.model import DayTotals, Event
from footfall.times import VISIT_GAP_MS

READY = "ready.json"
CHUNK = 20_000

_encode_lines = msgspec.json.Encoder().encode_lines


class Import(msgspec.Struct, frozen=True):
    """What a folder in ``incoming`` is, once all of it is there."""

    site: str
    digest: str
    """Of its source: the same one counts once."""


def prepare(
    folder: Path,
    wanted: Import,
    events: Iterable[Event],
    limits: ArchiveLimits,
    digest: Callable[[], str] | None = None,
) -> int:
    """Archive ``events``, in any order, for the process that keeps ``folder`` to take in; returns
    how many there are. ``digest`` gives the digest at the end, where it is not known before. Raises
    OSError and ``duckdb.Error``."""
    with _building(folder, wanted, limits, digest) as (archive, database, temporary):
        count = _insert(events, database, temporary)
        begin, end = database.execute("SELECT min(time), max(time) FROM arrived").fetchone() or ()
        while count and begin <= end:
            until = min(next_month(begin), end + VISIT_GAP_MS + 1)
            archive.close(database, begin, until)
            begin = until
        if archive.manifest.of_kind("open"):
            archive.close(database, end, end + 2 * VISIT_GAP_MS)
    return count


def _insert(events: Iterable[Event], database: duckdb.DuckDBPyConnection, temporary: Path) -> int:
    """While DuckDB reads some, the next ones are made."""
    count, inserted = 0, None
    with ThreadPoolExecutor(1) as inserting:
        for chunk in _chunks(events):
            lines = arrivals.encoded(chunk)
            if inserted is not None:
                inserted.result()
            temporary.write_bytes(lines)
            inserted = inserting.submit(arrivals.insert_file, database, temporary)
            count += len(chunk)
        if inserted is not None:
            inserted.result()
    return count


def prepare_totals(
    folder: Path,
    wanted: Import,
    totals: Sequence[DayTotals],
    limits: ArchiveLimits,
) -> int:
    """The same for the daily totals of another product; returns how many days there are."""
    with _building(folder, wanted, limits) as (archive, database, temporary):
        temporary.write_bytes(_encode_lines(totals))
        database.execute(
            f"CREATE TABLE totals AS FROM read_json({quote(str(temporary))}, "
            f"format = 'newline_delimited', columns = {TOTALS})"
        )
        days, first, last = (
            database.execute(
                f"SELECT count(DISTINCT day), {_noon('min')}, {_noon('max')} FROM totals"
            ).fetchone()
            or ()
        )
        file = archive.write(database, "totals", "FROM totals", first or 0, last or 0)
        archive.add([file] if file is not None else [], wanted.digest)
    return int(days)


def _noon(which: str) -> str:
    """In ms: noon is on the same day in almost every time zone."""
    return f"epoch_ms({which}(day)::TIMESTAMP + INTERVAL 12 HOUR)"


@contextlib.contextmanager
def _building(
    folder: Path,
    wanted: Import,
    limits: ArchiveLimits,
    digest: Callable[[], str] | None = None,
) -> Iterator[tuple[SiteArchive, duckdb.DuckDBPyConnection, Path]]:
    """An empty archive, which is ready to be taken in when the context ends well; a database, and
    a temporary file."""
    building = folder / INCOMING / f"{wanted.digest}.tmp"
    shutil.rmtree(building, ignore_errors=True)
    temporary = building / "temporary"
    temporary.mkdir(parents=True)
    try:
        with open_database(temporary, limits) as database:
            yield SiteArchive(building, wanted.site), database, temporary / "rows.ndjson"
        shutil.rmtree(temporary)
        if digest is not None:
            wanted = Import(wanted.site, digest())
        (building / READY).write_bytes(msgspec.json.encode(wanted))
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    building.rename(folder / INCOMING / wanted.digest)


def waiting(folder: Path) -> Iterator[tuple[Path, Import]]:
    """What can be taken in."""
    for ready in (folder / INCOMING).glob(f"*/{READY}"):
        if ready.parent.suffix != ".tmp":
            yield ready.parent, msgspec.json.decode(ready.read_bytes(), type=Import)


def take_in(source: Path, archive: SiteArchive, digest: str) -> None:
    """Make the files in ``source`` part of ``archive``, unless they are. Raises OSError."""
    if digest not in archive.manifest.imports:
        archive.folder.mkdir(parents=True, exist_ok=True)
        files = []
        for file in manifests.read(source).files:
            name = archive.free_name(file.kind, file.since, file.until)
            os.link(source / file.name, archive.folder / name)
            files.append(msgspec.structs.replace(file, name=name, imported=True))
        archive.add(files, digest)
    shutil.rmtree(source)


def _chunks(events: Iterable[Event]) -> Iterator[Sequence[Event]]:
    chunk = []
    for event in events:
        chunk.append(event)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

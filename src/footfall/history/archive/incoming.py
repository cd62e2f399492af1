"""A past that comes all at once: archived apart, then taken into its site's archive.

Whoever imports builds a folder in ``incoming``, in any process; the archive's process takes it in.
Imported events keep to themselves: their visitors are nobody whom the log knows.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import duckdb
import msgspec

from footfall.history.archive import arrivals
from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import open_database, quote
from footfall.history.archive.schedule import next_month
from footfall.history.archive.schema import TOTALS
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import INCOMING, incoming_folder
from footfall.history.limits import ArchiveLimits
from footfall.model import DayTotals, Event
from footfall.times import VISIT_GAP_MS

READY = "ready.json"
CHUNK, CHUNK_BYTES = 20_000, 16 << 20
"""Events, and bytes of their text, that go into DuckDB at once."""
AT_ONCE = 100
"""Events, or totals, that are encoded at once."""

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
        _archive(archive, database)
    return count


def _archive(archive: SiteArchive, database: duckdb.DuckDBPyConnection) -> None:
    """Month by month; what has no events costs nothing."""
    (last,) = database.execute("SELECT max(time) FROM arrived").fetchone() or (None,)
    begin = _first_since(0, database)
    while begin is not None:
        until = min(next_month(begin), last + VISIT_GAP_MS + 1)
        archive.close(database, begin, until)
        begin = _first_since(until, database)
        if archive.manifest.of_kind("open"):
            if begin is None or begin >= until + 2 * VISIT_GAP_MS:
                archive.close(
                    database, until, until + 2 * VISIT_GAP_MS
                )  # the visits that were open
            else:
                begin = until


def _first_since(time: int, database: duckdb.DuckDBPyConnection) -> int | None:
    found = database.execute("SELECT min(time) FROM arrived WHERE time >= ?", [time]).fetchone()
    return found[0] if found else None


def _insert(events: Iterable[Event], database: duckdb.DuckDBPyConnection, temporary: Path) -> int:
    """While DuckDB reads some, the next ones are made."""
    count, inserted = 0, None
    with ThreadPoolExecutor(1) as inserting:
        for lines, number in _chunks(events):
            if inserted is not None:
                inserted.result()
            temporary.write_bytes(lines)
            inserted = inserting.submit(arrivals.insert_file, database, temporary)
            count += number
        if inserted is not None:
            inserted.result()
    return count


def prepare_totals(
    folder: Path,
    wanted: Import,
    totals: Iterable[DayTotals],
    limits: ArchiveLimits,
) -> int:
    """The same for the daily totals of another product; returns how many days there are."""
    with _building(folder, wanted, limits) as (archive, database, temporary):
        with temporary.open("wb") as file:
            left = iter(totals)
            while some := list(islice(left, AT_ONCE)):
                file.write(_encode_lines(some))
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
        written = archive.write(database, "totals", "FROM totals", first or 0, last or 0)
        archive.add([written] if written is not None else [], wanted.digest)
    return int(days)


def _noon(which: str) -> str:
    """In ms: noon is on the same day in almost every time zone."""
    return f"epoch_ms({which}(day)::TIMESTAMP + INTERVAL 12 HOUR)"


def building_folder(folder: Path, wanted: Import) -> Path:
    """Where it is until it is ready."""
    return incoming_folder(folder, wanted.site) / f"{wanted.digest}.tmp"


@contextlib.contextmanager
def _building(
    folder: Path,
    wanted: Import,
    limits: ArchiveLimits,
    digest: Callable[[], str] | None = None,
) -> Iterator[tuple[SiteArchive, duckdb.DuckDBPyConnection, Path]]:
    """An empty archive, which is ready to be taken in when the context ends well; a database, and
    a temporary file."""
    building = building_folder(folder, wanted)
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
    building.rename(building.with_name(wanted.digest))


def waiting(folder: Path) -> Iterator[tuple[Path, Import]]:
    """What can be taken in."""
    for ready in sorted((folder / INCOMING).glob(f"*/*/{READY}")):
        if ready.parent.suffix != ".tmp":
            yield ready.parent, msgspec.json.decode(ready.read_bytes(), type=Import)


def take_in(source: Path, archive: SiteArchive, digest: str) -> None:
    """Make the files in ``source`` part of ``archive``, unless they are. Raises OSError."""
    if digest not in archive.manifest.imports:
        archive.create()
        files = []
        for file in manifests.read(source).files:
            name = archive.free_name(file.kind, file.since, file.until)
            os.link(source / file.name, archive.folder / name)
            files.append(msgspec.structs.replace(file, name=name, imported=True))
        archive.add(files, digest)
    shutil.rmtree(source)


def _chunks(events: Iterable[Event]) -> Iterator[tuple[bytes, int]]:
    """As lines, and how many there are."""
    left = iter(events)
    lines: list[bytes] = []
    count = size = 0
    while some := list(islice(left, AT_ONCE)):
        lines.append(arrivals.encoded(some))
        count += len(some)
        size += len(lines[-1])
        if count >= CHUNK or size >= CHUNK_BYTES:
            yield b"".join(lines), count
            lines, count, size = [], 0, 0
    if lines:
        yield b"".join(lines), count

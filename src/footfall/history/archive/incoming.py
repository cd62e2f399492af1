"""Events of the past that come all at once: archived apart, then taken into their site's archive.

Whoever imports builds a folder in ``incoming``, in any process; the archive's process takes it in.
Imported events keep to themselves: their visitors are nobody whom the log knows.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from footfall.history.archive import arrivals
from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import open_database
from footfall.history.archive.schedule import next_month
from footfall.history.archive.site import SiteArchive
from footfall.history.archive.visits import GAP_MS
from footfall.history.limits import ArchiveLimits
from footfall.model import Event

FOLDER = "incoming"
READY = "ready.json"
CHUNK = 20_000


class Import(msgspec.Struct, frozen=True):
    """What a folder in ``incoming`` is, once all of it is there."""

    site: str
    digest: str
    """Of its source: the same one counts once."""


def prepare(folder: Path, wanted: Import, events: Iterable[Event], limits: ArchiveLimits) -> int:
    """Archive ``events``, in any order, for the process that keeps ``folder`` to take in; returns
    how many there are. Raises OSError and ``duckdb.Error``."""
    building = folder / FOLDER / f"{wanted.digest}.tmp"
    shutil.rmtree(building, ignore_errors=True)
    try:
        count = _build(building, wanted, events, limits)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    building.rename(folder / FOLDER / wanted.digest)
    return count


def _build(building: Path, wanted: Import, events: Iterable[Event], limits: ArchiveLimits) -> int:
    temporary, count = building / "temporary", 0
    temporary.mkdir(parents=True)
    with open_database(temporary, limits) as database:
        for chunk in _chunks(events):
            arrivals.insert(database, chunk, temporary / "arrived.ndjson")
            count += len(chunk)
        archive = SiteArchive(building, wanted.site)
        begin, end = database.execute("SELECT min(time), max(time) FROM arrived").fetchone() or ()
        while count and begin <= end:
            until = min(next_month(begin), end + GAP_MS + 1)
            archive.close(database, begin, until)
            begin = until
        if archive.manifest.of_kind("open"):
            archive.close(database, end, end + 2 * GAP_MS)
    shutil.rmtree(temporary)
    (building / READY).write_bytes(msgspec.json.encode(wanted))
    return count


def waiting(folder: Path) -> Iterator[tuple[Path, Import]]:
    """What can be taken in."""
    for ready in (folder / FOLDER).glob(f"*/{READY}"):
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
            files.append(msgspec.structs.replace(file, name=name))
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

"""Makes an archive forget what the log can tell again: the next server archives it anew."""

import duckdb

from footfall.history.archive.database import parquet
from footfall.history.archive.firsts import mark
from footfall.history.archive.manifest import Alias, ArchiveFile, Kind
from footfall.history.archive.schema import QUARTER_MS
from footfall.history.archive.site import EMPTY, SiteArchive
from footfall.history.archive.visits import decide
from footfall.times import DAY_MS

EVENTS = "FROM {files} WHERE time < {cut}"
VISITS = f"""
SELECT * REPLACE (
    least(visit_end, {{cut}}) AS visit_end,
    list_filter(quarters, lambda quarter : quarter < {{cut}} // {QUARTER_MS}) AS quarters,
    active AND quarters[1] < {{cut}} // {QUARTER_MS} AS active
)
FROM (FROM {{files}} UNION ALL FROM visits) WHERE visit_start < {{cut}}
"""
BEFORE = f"FROM {{files}} WHERE day * {DAY_MS} < {{cut}}"
SINCE = f"SELECT visitor, person, day FROM {{files}} WHERE day * {DAY_MS} >= {{cut}}"


def forget(archive: SiteArchive, cursor: duckdb.DuckDBPyConnection, cut: int) -> None:
    """Forget what is of ``cut`` (ms), the beginning of a UTC day, or later, imports aside. Who is
    who across midnight stays known; a visit that goes on at ``cut`` ends there. Raises
    ``duckdb.Error`` and OSError; then nothing is forgotten."""
    manifest = archive.manifest
    stays = [each for each in manifest.files if each.imported or each.until <= cut]
    cuts = [each for each in manifest.files if each not in stays]
    archive.prepare(cursor)
    for statement in decide(archive.relation("open")):
        cursor.execute(statement)
    mark(cursor, archive.relation)
    people = cursor.execute(
        SINCE.format(files=_relation(archive, cuts, "people"), cut=cut)
    ).fetchall()
    known = (each for each in manifest.aliases if each.day * DAY_MS >= cut)
    # A visit that ends at the cut must be found by who looks back from there.
    before = [
        _write(archive, cursor, cuts, "events", EVENTS, cut, ends=cut),
        _write(archive, cursor, cuts, "visits", VISITS, cut, ends=cut + 1),
        _write(archive, cursor, cuts, "people", BEFORE, cut, ends=cut),
    ]
    archive.replace(
        files=(*stays, *filter(None, before)),
        until=cut,
        aliases=tuple({*known, *(Alias(*row) for row in people)}),
    )


def _write(
    archive: SiteArchive,
    cursor: duckdb.DuckDBPyConnection,
    files: list[ArchiveFile],
    kind: Kind,
    rows: str,
    cut: int,
    *,
    ends: int,
) -> ArchiveFile | None:
    since = min((each.since for each in files), default=cut)
    query = rows.format(files=_relation(archive, files, kind), cut=cut)
    return archive.write(cursor, kind, query, min(since, cut - DAY_MS), ends)


def _relation(archive: SiteArchive, files: list[ArchiveFile], kind: Kind) -> str:
    of_kind = (archive.folder / each.name for each in files if each.kind == kind)
    return parquet(of_kind, EMPTY[kind])

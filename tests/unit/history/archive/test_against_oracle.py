"""Every number of the archive's reports, compared with plain Python, over random histories."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, get_args
from unittest.mock import patch

import duckdb
import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from footfall.history.archive.arrivals import drop, insert
from footfall.history.archive.database import open_database
from footfall.history.archive.rebuild import forget
from footfall.history.archive.schema import QUARTER_MS
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.history.reports import report as report_module
from footfall.history.reports.question import (
    AllOf,
    AnyOf,
    Buckets,
    Condition,
    Expression,
    Metric,
    Not,
    Question,
    TableQuestion,
)
from footfall.model import Event
from footfall.times import DAY_MS
from footfall.window.limits import WindowLimits
from footfall.window.query import Filter, ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow
from tests.archiving import report_of
from tests.histories import COUNTRIES, MIDNIGHT, PATHS, SOURCES, Shape, history, shuffled
from tests.history_oracle import Chosen, answer, table, visits

HOUR_MS = 3_600_000
SHAPES = (
    Shape(events=150, people=4, start=MIDNIGHT - 3600, span=7200, others=0.5),
    Shape(events=250, people=3, start=MIDNIGHT - 90_000, span=200_000, gaps=0.2),
    Shape(events=400, people=1, start=MIDNIGHT - 90_000, span=200_000),  # at each midnight
    Shape(events=60, people=2, start=MIDNIGHT - 2400, span=90_000),
    Shape(events=200, people=8, start=MIDNIGHT - 600, span=2400, repeats=0.5, others=0.5),
)
CONDITIONS = (
    ("path", PATHS),
    ("source", (*SOURCES, "(unknown)")),
    ("country", (*filter(None, COUNTRIES), "(unknown)")),
    ("event", ("signup", "play")),
    ("goal", ("Newsletter",)),
    ("entry_path", PATHS),
    ("campaign", ("spring", "(unknown)")),
)
TABLE_DIMENSIONS = ("path", "source", "country", "event", "goal", "time", "entry_path")
METRICS = get_args(Metric)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = open_database(tmp_path_factory.mktemp("duckdb"), ArchiveLimits(retention_ms=1_800_000))
    yield opened
    opened.close()


def buckets(random: Random, begin: int, end: int) -> Buckets:
    """Some on whole quarters of an hour, some on any second."""
    first = begin + random.randrange(end - begin)
    count, length = random.choice((1, 3, 24)), random.choice((1, 4, 96)) * QUARTER_MS
    if random.random() < 0.3:
        return Buckets((first // 1000 * 1000, first // 1000 * 1000 + length))
    whole = first // QUARTER_MS * QUARTER_MS - random.choice((0, 1, 2)) * length
    return Buckets(tuple(whole + number * length for number in range(count + 1)))


def expression(random: Random, depth: int = 0) -> Expression:
    kind = random.choice(("is", "is", "starts_with", "contains", "and", "or", "not"))
    if depth < 2 and kind in ("and", "or"):
        parts = (expression(random, depth + 1), expression(random, depth + 1))
        return AllOf(parts) if kind == "and" else AnyOf(parts)
    if depth < 2 and kind == "not":
        return Not(expression(random, depth + 1))
    dimension, values = random.choice(CONDITIONS)
    operator: Any = kind if kind in ("starts_with", "contains") else "is"
    chosen = random.sample(values, min(len(values), random.choice((1, 1, 2))))
    if operator != "is":
        chosen = [value[: random.randrange(1, len(value) + 1)] for value in chosen]
    return Condition(dimension, operator, tuple(chosen))


def matcher(where: Expression) -> Callable[[Chosen], bool]:
    match where:
        case Not(condition):
            inner = matcher(condition)
            return lambda each: not inner(each)
        case AllOf(conditions):
            return lambda each: all(matcher(part)(each) for part in conditions)
        case AnyOf(conditions):
            return lambda each: any(matcher(part)(each) for part in conditions)
        case Condition(dimension, operator, wanted):
            test: dict[str, Callable[[str, str], bool]] = {
                "is": str.__eq__,
                "starts_with": str.startswith,
                "contains": str.__contains__,
            }

            def values(each: Chosen) -> Sequence[str]:
                return each.event.goals if dimension == "goal" else [each.value(dimension)]

            return lambda each: any(
                test[operator](value, want) for value in values(each) for want in wanted
            )


def filled(
    database: duckdb.DuckDBPyConnection, events: list[Event], temporary: Path
) -> duckdb.DuckDBPyConnection:
    cursor = database.cursor()
    cursor.execute("TRUNCATE arrived")
    insert(cursor, events, temporary / "arrived.ndjson")
    return cursor


def cut(random: Random, archive: SiteArchive, cursor: duckdb.DuckDBPyConnection, end: int) -> None:
    """Close stretches up to random times before ``end``, and merge some."""
    begin = archive.manifest.until or (MIDNIGHT - 100_000) * 1000
    for until in sorted(random.sample(range(begin + 1, end), random.randrange(5))):
        archive.close(cursor, begin, until)
        begin = until
        drop(cursor, {archive.site: until})
        for kind in ("events", "visits"):
            files = archive.manifest.of_kind(kind)
            if len(files) > 1 and random.random() < 0.4:
                archive.merge(cursor, files[-2:])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), shape=st.sampled_from(SHAPES))
@example(seed=49862, shape=SHAPES[1])  # two events of one ms begin a visit
def test_every_number_is_the_oracle_s(
    seed: int,
    shape: Shape,
    database: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    random, folder = Random(seed), tmp_path_factory.mktemp("archive")
    events = shuffled(random, history(random, shape))
    cursor = filled(database, events, folder)
    begin, end = shape.start * 1000, (shape.start + shape.span) * 1000
    archive = SiteArchive(folder / "site=a", "a")
    cut(random, archive, cursor, end)
    if random.random() < 0.5:  # a restart
        archive = SiteArchive(folder / "site=a", "a")
    report = report_of(cursor, archive, folder / "snapshot")
    expected = visits(events, "a")
    at_once = random.choice((report_module.AT_ONCE_MS, HOUR_MS, 1))
    for _ in range(3):
        asked, where = buckets(random, begin, end), None
        matches: Callable[[Chosen], bool] = bool
        if random.random() < 0.7:
            where = expression(random)
            matches = matcher(where)
        with (
            patch.object(report_module, "AT_ONCE_MS", at_once),
            patch.object(report_module, "MANY_VISITS", random.choice((0, 1 << 62))),
        ):
            given_ = report.answer(Question(site="a", buckets=asked, where=where, limit=5))
        found = msgspec.json.decode(msgspec.json.encode(given_))
        del found["properties"], found["compared"], found["type"], found["imported"]
        assert found == answer(expected, asked.edges, matches, limit=5), (asked, where)
        dimensions = tuple(random.sample(TABLE_DIMENSIONS, random.randrange(3)))
        counted = report.table(
            TableQuestion(
                site="a", buckets=asked, where=where, metrics=METRICS, dimensions=dimensions
            )
        )
        rows = {
            tuple(row[: len(dimensions)]): dict(zip(METRICS, row[len(dimensions) :], strict=True))
            for row in counted.rows
        }
        wanted = table(expected, asked.edges, dimensions, matches)
        assert rows.keys() - {()} == wanted.keys() - {()}, (asked, where, dimensions)
        for key, metrics in wanted.items():
            assert rows[key] == pytest.approx(metrics), (key, asked, where)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), minutes=st.integers(1, 30), ago=st.integers(0, 20))
def test_live_and_history_agree_where_they_overlap(
    seed: int,
    minutes: int,
    ago: int,
    database: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The window itself, not its oracle."""
    random, folder = Random(seed), tmp_path_factory.mktemp("archive")
    shape = Shape(start=MIDNIGHT - 900, span=2700, others=0.5)
    events = [each for each in history(random, shape) if each.site == "a"]
    now = shape.start + shape.span - ago * 30
    window = SiteWindow(WindowLimits(), shape.start)
    window.open(minutes, Filter())
    for event in events:
        if event.time // 1000 <= now:
            window.fold(event)
    window.advance(now)
    live = Reader(window, ViewQuery("a", minutes)).document()
    cursor = filled(database, events, folder)
    archive = SiteArchive(folder / "site=a", "a")
    report = report_of(cursor, archive, folder / "snapshot")
    asked = Buckets(((now - minutes * 60 + 1) * 1000, (now + 1) * 1000))
    found = report.answer(Question(site="a", buckets=asked))
    assert found.counted.totals.page_views == live.page_views
    assert found.counted.totals.visitors == live.current_visitors
    assert [row[:2] for row in found.events] == [(each.name, each.count) for each in live.events]
    assert [row[:2] for row in found.goals] == [
        (each.name, each.completions) for each in live.goals
    ]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_the_log_still_has_is_archived_anew(
    seed: int, database: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """All but visits that span the cut, which are two now."""
    random, folder = Random(seed), tmp_path_factory.mktemp("archive")
    shape = Shape(events=250, people=3, start=MIDNIGHT - 90_000, span=200_000, repeats=0)
    events = [each for each in history(random, shape) if each.site == "a"]
    begin, end = shape.start * 1000, (shape.start + shape.span) * 1000
    archive = SiteArchive(folder / "site=a", "a")
    cursor = filled(database, events, folder)
    cut(random, archive, cursor, end)
    until = archive.manifest.until
    at = MIDNIGHT * 1000 + random.choice((0, DAY_MS))
    assume(at + HOUR_MS <= until)  # an archive goes by hours: whoever spanned the cut is known
    forget(archive, cursor, at)
    # By now the log has forgotten who is who.
    log = [
        each if each.time >= until else msgspec.structs.replace(each, previous_visitor=None)
        for each in events
    ]
    cursor = filled(database, [each for each in log if each.time >= at], folder)
    cut(random, archive, cursor, end)
    days = Buckets(tuple(range(begin - begin % DAY_MS, end + DAY_MS, DAY_MS)))
    report = report_of(cursor, archive, folder / "snapshot")
    totals = report.answer(Question(site="a", buckets=days)).counted
    expected = visits(events, "a")
    halves = [
        {each.time >= at for each in visit.events if each.type != "leave"} for visit in expected
    ]
    assert totals.totals.visits == sum(map(len, halves))
    wanted = answer(expected, days.edges, bool, limit=5)["counted"]
    assert totals.totals.visitors == wanted["totals"]["visitors"]
    assert [each.page_views for each in totals.series] == [row[2] for row in wanted["series"]]
    assert [each.visitors for each in totals.series] == [row[0] for row in wanted["series"]]

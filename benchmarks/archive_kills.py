"""``kill -9`` of the server and of the processes of its archive fifty times, while logs of two
hundred days are closed and merged, files are imported and reports are asked for: every number of
the reports is the oracle's, no event is lost or there twice, and no file is lost."""

import asyncio
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from benchmarks import servers
from benchmarks.figures import Figure, record
from footfall.cli.archives import problems
from footfall.engines.open import open_store
from footfall.history.archive.incoming import Import, prepare
from footfall.history.limits import ArchiveLimits
from footfall.model import Event
from footfall.times import DAY_MS
from tests.archiving import view
from tests.histories import MIDNIGHT, Shape, history
from tests.history_oracle import answer, visits

KILLS = 50
DAYS = 200
SHAPE = Shape(events=DAYS * 150, people=12, start=MIDNIGHT - 900, span=DAYS * 86_400)
LONGEST_LIFE_S = 1.0
SITE, IMPORTING = "a", "c"
AMID_WORK = 0.8
"""So many lives end after they have changed something, the others at any time."""
IMPORTED = 300
"""Events of one file."""
LIMITS = ArchiveLimits(retention_ms=1_800_000)
FLAGS = (*servers.UNLIMITED, "--raw-days", "3650")
LISTS = {"pages": "pages", "events": "events", "goals": "goals", "entryPages": "entry_pages"}


async def fill(store_url: str, events: list[Event]) -> None:
    store = open_store(store_url)
    for start in range(0, len(events), 5_000):
        await store.event_log.append(events[start : start + 5_000])
    await store.close()


class Killed(NamedTuple):
    """What was being done when a life ended."""

    writing: bool
    importing: bool
    answering: bool


class Period(NamedTuple):
    """The first and the last day of a log."""

    first: datetime
    last: datetime

    def ask(self, server: servers.Server, site: str) -> httpx.Response:
        return httpx.get(
            f"{server.url}/api/analytics/sites/{site}/stats",
            params={
                "period": "custom",
                "from": self.first.date().isoformat(),
                "to": self.last.date().isoformat(),
                "interval": "day",
                "limit": 1000,
            },
            headers={"Authorization": f"Bearer {servers.ADMIN}"},
            timeout=60,
        )


@contextmanager
def asking(server: servers.Server, period: Period) -> Iterator[threading.Event]:
    """A reader who asks for one report after the other; the event is set while one is awaited."""
    waits, stop = threading.Event(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            waits.set()
            with suppress(httpx.HTTPError):
                period.ask(server, SITE)
            waits.clear()
            time.sleep(0.02)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield waits
    finally:
        stop.set()
        reader.join()


def archive_processes(server: servers.Server) -> list[int]:
    """Those that the server has started, as soon as there are any."""
    while True:
        children = Path(f"/proc/{server.process}/task").glob("*/children")
        found = [int(pid) for path in children for pid in path.read_text().split()]
        if found:
            return found
        time.sleep(0.01)


def until_progress(folder: Path, site: str) -> None:
    """Returns when a site's archive changes: on a busy machine that takes as long as it takes."""

    def state() -> list[Path]:
        return sorted(folder.glob(f"site={site}/*"))

    before = state()
    while state() == before:
        time.sleep(0.01)


def kill(store: str, folder: Path, period: Period, dice: random.Random) -> Killed:
    """One life."""
    with servers.serve(store, {}, FLAGS) as server, asking(server, period) as waits:
        if dice.random() < AMID_WORK:
            until_progress(folder, IMPORTING if any_imports(folder) else SITE)
        time.sleep(dice.random() * LONGEST_LIFE_S)
        processes = archive_processes(server)
        found = Killed(
            writing=any(folder.glob("site=*/*.tmp")),
            importing=any_imports(folder),
            answering=waits.is_set(),
        )
        doomed = dice.choice(((dice.choice(processes),), (server.process,), (*processes,)))
        for process in doomed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    return found


def any_imports(folder: Path) -> bool:
    """Whether some are not taken in yet."""
    return any(folder.glob("incoming/**/ready.json"))


def import_some(folder: Path, number: int) -> None:
    """A file of events, all over the log's days, for the next server to take in."""
    step = SHAPE.span * 1000 // IMPORTED
    events = [
        view(number * IMPORTED + each, SHAPE.start * 1000 + each * step, each, site=IMPORTING)
        for each in range(IMPORTED)
    ]
    prepare(folder, Import(IMPORTING, f"file-{number}"), events, LIMITS)


def archived_until(folder: Path) -> int:
    path = folder / f"site={SITE}" / "manifest.json"
    return int(json.loads(path.read_text())["until"]) if path.exists() else 0


def reports(store: str, folder: Path, period: Period) -> list[dict[str, Any]]:
    """Of the log and of the imports, when all is archived."""
    with servers.serve(store, {}, FLAGS) as server:
        while archived_until(folder) < period.last.timestamp() * 1000:
            time.sleep(0.2)
        while any_imports(folder):
            time.sleep(0.2)
        found = []
        for site in (SITE, IMPORTING):
            while not (answer := period.ask(server, site)).is_success:
                time.sleep(0.5)
            found.append(answer.json())
        return found


def differing(document: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The parts of the report that are not the oracle's."""
    series = [[row["visitors"], row["visits"], row["pageViews"]] for row in document["series"]]
    totals = expected["counted"]["totals"]
    parts = {
        "series": (series, expected["counted"]["series"]),
        "totals": (
            [document["visitors"], document["visits"], document["pageViews"]],
            [totals["visitors"], totals["visits"], totals["page_views"]],
        ),
        "sources": (
            [list(row.values()) for row in document["sources"]],
            expected["visitors_by"]["source"],
        ),
    }
    for name, key in LISTS.items():
        rows = [list(row.values())[: len(expected[key][0])] for row in document[name]]
        parts[name] = (rows, expected[key])
    return [
        name
        for name, (found, wanted) in parts.items()
        if [*map(_plain, found)] != [*map(_plain, wanted)]
    ]


def _plain(row: Any) -> Any:
    return list(row) if isinstance(row, tuple | list) else row


class Played(NamedTuple):
    """What is wrong with the reports and files of one log."""

    different: list[str]
    events: int
    """That are lost or there more than once."""
    files: list[str]


def play(dice: random.Random, kills: list[Killed], scratch: Path) -> Played:
    """One log, with kills until all of it is archived."""
    store, folder = f"sqlite:///{scratch}/bench.db", scratch / "bench.history"
    events = history(dice, SHAPE)
    ends = (datetime.fromtimestamp(SHAPE.start + each, UTC) for each in (0, SHAPE.span))
    period = Period(*(each.replace(hour=0, minute=0, second=0) for each in ends))
    for site in ("a", "b", IMPORTING):
        servers.command("site", "add", site, "--store", store)
    asyncio.run(fill(store, events))
    lives = imports = 0
    while True:
        if lives % 3 == 0:
            import_some(folder, imports)
            imports += 1
        lives += 1
        found = kill(store, folder, period, dice)
        if archived_until(folder) >= period.last.timestamp() * 1000:
            break
        kills.append(found)
    document, imported = reports(store, folder, period)
    begin, days = round(period.first.timestamp()) * 1000, (period.last - period.first).days + 1
    edges = tuple(begin + day * DAY_MS for day in range(days + 1))
    expected = answer(visits(events, SITE), edges, limit=1000)
    differences = (
        document["pageViews"] - expected["counted"]["totals"]["page_views"],
        imported["pageViews"] - imports * IMPORTED,
    )
    return Played(differing(document, expected), sum(map(abs, differences)), problems(folder))


def measure() -> list[Figure]:
    dice, kills, logs = random.Random(7), list[Killed](), list[Played]()
    while len(kills) < KILLS:
        with servers.disk_folder() as scratch:
            logs.append(play(dice, kills, scratch))
    doing = zip(Killed._fields, zip(*kills, strict=True), strict=True)
    details: dict[str, Any] = {
        "kills": len(kills),
        **{f"while {name}": sum(each) for name, each in doing},
        "logs": len(logs),
        "days of each": DAYS,
        "events of each": SHAPE.events,
    }
    different = [part for each in logs for part in each.different]
    damaged = [file for each in logs for file in each.files]
    found = {
        f"parts of reports that {KILLS} kills of the archive changed": (len(different), "parts"),
        "events that they lost or doubled": (sum(each.events for each in logs), "events"),
        "files that they lost or damaged": (len(damaged), "files"),
    }
    details["different"] = ", ".join(different + damaged)
    return [
        Figure(name=name, value=value, unit=unit, bar=0, sense="at most", details=details)
        for name, (value, unit) in found.items()
    ]


if __name__ == "__main__":
    record("archive_kills", measure())

"""``kill -9`` of the server and of the archive's process fifty times, while logs of three hundred
days are closed and merged: every number of their reports is the oracle's."""

import asyncio
import json
import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks import servers
from benchmarks.figures import Figure, record
from benchmarks.reports import archive_pid
from footfall.engines.open import open_store
from footfall.model import Event
from footfall.times import DAY_MS
from tests.histories import MIDNIGHT, Shape, history
from tests.history_oracle import answer, visits

KILLS = 50
DAYS = 300
SHAPE = Shape(events=DAYS * 150, people=12, start=MIDNIGHT - 900, span=DAYS * 86_400)
LONGEST_LIFE_S = 0.7
SITE = "a"
FLAGS = (*servers.UNLIMITED, "--raw-days", "3650")
LISTS = {"pages": "pages", "events": "events", "goals": "goals", "entryPages": "entry_pages"}


async def fill(store_url: str, events: list[Event]) -> None:
    store = open_store(store_url)
    for start in range(0, len(events), 5_000):
        await store.event_log.append(events[start : start + 5_000])
    await store.close()


def kill(store: str, folder: Path, dice: random.Random) -> bool:
    """One life. Returns whether a file was being written when it ended."""
    with servers.serve(store, {}, FLAGS) as server:
        archive = archive_pid(server)
        time.sleep(dice.random() * LONGEST_LIFE_S)
        was_writing = any(folder.glob("site=*/*.tmp"))
        for process in dice.choice(((archive,), (server.process,), (server.process, archive))):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    return was_writing


def archived_until(folder: Path) -> int:
    path = folder / f"site={SITE}" / "manifest.json"
    return int(json.loads(path.read_text())["until"]) if path.exists() else 0


def report(store: str, folder: Path, first: datetime, last: datetime) -> dict[str, Any]:
    """When all is archived."""
    with servers.serve(store, {}, FLAGS) as server:
        while archived_until(folder) < last.timestamp() * 1000:
            time.sleep(0.2)
        while True:
            found = httpx.get(
                f"{server.url}/api/analytics/sites/{SITE}/stats",
                params={
                    "period": "custom",
                    "from": first.date().isoformat(),
                    "to": last.date().isoformat(),
                    "interval": "day",
                    "limit": 1000,
                },
                headers={"Authorization": f"Bearer {servers.ADMIN}"},
                timeout=60,
            )
            if found.is_success:
                document: dict[str, Any] = found.json()
                return document
            time.sleep(0.5)


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


def play(dice: random.Random, kills: list[bool], scratch: Path) -> list[str]:
    """One log, with kills until all of it is archived; returns what of its report is wrong."""
    store, folder = f"sqlite:///{scratch}/bench.db", scratch / "bench.history"
    events = history(dice, SHAPE)
    first = datetime.fromtimestamp(SHAPE.start, UTC).replace(hour=0, minute=0, second=0)
    last = datetime.fromtimestamp(SHAPE.start + SHAPE.span, UTC).replace(hour=0, minute=0, second=0)
    for site in ("a", "b"):
        servers.command("site", "add", site, "--store", store)
    asyncio.run(fill(store, events))
    while True:
        was_writing = kill(store, folder, dice)
        if archived_until(folder) >= last.timestamp() * 1000:
            break
        kills.append(was_writing)
    document = report(store, folder, first, last)
    begin, days = round(first.timestamp()) * 1000, (last - first).days + 1
    edges = tuple(begin + day * DAY_MS for day in range(days + 1))
    return differing(document, answer(visits(events, SITE), edges, limit=1000))


def measure() -> list[Figure]:
    dice, kills, wrong, logs = random.Random(7), list[bool](), list[str](), 0
    while len(kills) < KILLS:
        with servers.disk_folder() as scratch:
            wrong += play(dice, kills, scratch)
        logs += 1
    return [
        Figure(
            name=f"parts of reports that {KILLS} kills while archiving changed",
            value=len(wrong),
            unit="parts",
            bar=0,
            sense="at most",
            details={
                "different": ", ".join(wrong),
                "kills": len(kills),
                "while a file was written": sum(kills),
                "logs": logs,
                "days of each": DAYS,
                "events of each": SHAPE.events,
            },
        )
    ]


if __name__ == "__main__":
    record("archive_kills", measure())

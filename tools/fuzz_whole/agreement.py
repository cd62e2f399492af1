"""Whether live document, report, archive and a plain count of the log say the same."""

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from footfall.engines.open import open_store
from footfall.history.archive import snapshot
from footfall.history.archive.database import open_database
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import site_folder
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.question import Buckets, Question
from footfall.history.reports.report import PeriodReport
from footfall.model import Event
from footfall.times import DAY_MS
from tests.history_oracle import answer, visits
from tests.oracle import expected
from tests.serving import Clock, new_app, running
from tools.fuzz_whole.requests import ADMIN, Request
from tools.fuzz_whole.target import Finding, Target
from tools.fuzz_whole.writes import COUNTED

LIMITS = ArchiveLimits(retention_ms=1_800_000)
PATIENCE_S = 60
LIMIT = 100
MINUTES = 30


def check_running(target: Target) -> None:
    """Raises Finding."""
    for site in COUNTED:
        path = f"/api/analytics/sites/{site}"
        utc = Request("PATCH", path, (), b'{"timeZone":"UTC"}', ADMIN)
        if target.send(utc).status != 200:
            raise Finding(f"the time zone of {site} can't be set")
        _agree(f"the live document of {site}", partial(_live, target, path, site))
        _agree(f"the report of {site}", partial(_report, target, path, site))


def check_archived(folder: Path) -> None:
    """After the server has stopped: two days pass, then what was archived is counted. Raises
    Finding."""
    events = _events(folder)
    asyncio.run(_archive(folder))
    with open_database(folder, LIMITS) as database:
        for site in COUNTED:
            archive = SiteArchive(site_folder(folder / "footfall.history", site), site)
            question = Question(site=site, buckets=Buckets(_days()), limit=LIMIT)
            report = PeriodReport(
                database, snapshot.take(database, archive, folder / f"snapshot-{site}")
            )
            found = msgspec.json.decode(msgspec.json.encode(report.answer(question)))
            wanted = answer(visits(events, site), _days(), limit=LIMIT)
            compare(
                f"the archive of {site}", found, msgspec.json.decode(msgspec.json.encode(wanted))
            )


def _agree(what: str, pair: Callable[[], tuple[Any, Any]]) -> None:
    """What came last may take a moment until it is counted."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found, wanted = pair()
        if all(found.get(key) == value for key, value in wanted.items()):
            return
        if time.monotonic() > end:
            compare(what, found, wanted)
        time.sleep(1)


def compare(what: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raises Finding for what is wanted and not found."""
    for key, value in wanted.items():
        if found.get(key) != value:
            raise Finding(f"{what} has {key} {_part(found.get(key), value)}")


def _part(found: Any, wanted: Any) -> str:
    """Where they differ."""
    if isinstance(found, list) and isinstance(wanted, list):
        pairs = [(a, b) for a, b in zip(found, wanted, strict=False) if a != b]
        return f"of {len(found)} for {len(wanted)} rows, such as {pairs[:3]!r}"[:1500]
    return f"{found!r} for {wanted!r}"[:1500]


def _live(target: Target, path: str, site: str) -> tuple[Any, Any]:
    asked = f"{path}/realtime?minutes={MINUTES}&limit={LIMIT}"
    document = msgspec.json.decode(target.send(Request("GET", asked, caller=ADMIN)).body)
    now = int(datetime.fromisoformat(document["asOf"]).timestamp())
    return document, expected(
        _events(target.folder), site=site, now=now, minutes=MINUTES, limit=LIMIT
    )


def _report(target: Target, path: str, site: str) -> tuple[Any, Any]:
    days = _days()
    first, last = (
        f"{datetime.fromtimestamp(each / 1000, UTC):%Y-%m-%d}" for each in (days[0], days[1])
    )
    # A limit that nobody else asks for: answers are kept for a moment.
    limit = 200 + int(time.monotonic()) % 700
    asked = f"{path}/stats?period=custom&from={first}&to={last}&interval=day&limit={limit}"
    document = msgspec.json.decode(target.send(Request("GET", asked, caller=ADMIN)).body)
    counted = answer(visits(_events(target.folder), site), days, limit=limit)
    totals = counted["counted"]["totals"]
    rows = {"pages": ("path", "visitors", "pageViews"), "events": ("name", "count", "visitors")}
    wanted = {
        "visitors": totals["visitors"],
        "visits": totals["visits"],
        "pageViews": totals["page_views"],
        "bounceRate": round(totals["bounces"] / totals["begun"], 4) if totals["begun"] else 0.0,
        **{
            name: [dict(zip(keys, row, strict=True)) for row in counted[name]]
            for name, keys in rows.items()
        },
        "entryPages": [{"path": path, "visits": number} for path, number in counted["entry_pages"]],
        "sources": [
            {"source": name, "visitors": number}
            for name, number in counted["visitors_by"]["source"]
        ],
    }
    return document, wanted


def _days() -> tuple[int, ...]:
    """Yesterday and today (UTC), as edges in ms."""
    today = round(time.time() * 1000) // DAY_MS * DAY_MS
    return (today - DAY_MS, today, today + DAY_MS)


def _events(folder: Path) -> list[Event]:
    """All of the log, from a copy: the server has locked its own."""
    with tempfile.TemporaryDirectory(prefix="footfall-fuzz-") as copies:
        copy = Path(copies) / "copy.db"
        with (
            contextlib.closing(sqlite3.connect(folder / "footfall.db")) as source,
            contextlib.closing(sqlite3.connect(copy)) as into,
        ):
            source.backup(into)
        return asyncio.run(_read(f"sqlite:///{copy}"))


async def _read(url: str) -> list[Event]:
    store = open_store(url)
    try:
        return [
            event
            for site in COUNTED
            async for events in store.event_log.replay(site, 0, 1 << 62)
            for event in events
        ]
    finally:
        await store.close()


async def _archive(folder: Path) -> None:
    """A server of two days later archives all there is."""
    later = Clock(round(time.time() * 1000) + 2 * DAY_MS)
    where = folder / "footfall.history"
    async with running(new_app(later, f"sqlite:///{folder / 'footfall.db'}", history=True)):
        end = time.monotonic() + PATIENCE_S
        while any(_until(where, site) < _days()[-1] for site in COUNTED):
            if time.monotonic() > end:
                raise Finding("not all was archived, two days later")
            await asyncio.sleep(0.1)


def _until(where: Path, site: str) -> int:
    return SiteArchive(site_folder(where, site), site).manifest.until

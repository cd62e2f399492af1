"""Reports over ten million archived events of 30 days on one site, and a million of today."""

import asyncio
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx
import uvloop

from benchmarks import builds, servers, visitors
from benchmarks.figures import Figure, record
from benchmarks.latency import Client, Scene, p99
from benchmarks.load import Line
from benchmarks.quiet import resident_mb
from footfall.engines.open import open_store
from footfall.model import Event
from footfall.times import DAY_MS

DAYS = 30
EVENTS = 10_000_000
TODAY = 1_000_000
CROWD, STAY = 600, 12
"""Of today: how many are there at once, and the events of each."""
ROUNDS = 7
REPORT_PROBES = 100
STATS = f"/api/analytics/sites/{servers.SITE}/stats"

# What the first list, the totals and the series of the report need, and a list of each breakdown.
ASKED_OF_SQLITE = (
    "SELECT count(DISTINCT visitor), count(*) FROM raw WHERE time >= ? AND type = 'pageview'",
    "SELECT time / 86400000, count(DISTINCT visitor), count(*) FROM raw WHERE time >= ? GROUP BY 1",
    "SELECT path, count(DISTINCT visitor), sum(type = 'pageview') FROM raw WHERE time >= ? "
    "GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
    *(
        f"SELECT {each}, count(DISTINCT visitor) FROM raw WHERE time >= ? AND {each} IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 20"
        for each in ("source", "campaign", "country", "device", "browser", "os", "name")
    ),
)


def archived(folder: Path, days: int, events: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.past", str(folder), str(days), str(events)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    made: dict[str, float] = json.loads(done.stdout)
    return made


async def fill_today(store_url: str) -> int:
    """Events of today so far, in the log, as visitors of the load make them."""
    store = open_store(store_url)
    now = int(time.time() * 1000)
    begin, dice = now - now % DAY_MS, random.Random(7)
    step = (now - 60_000 - begin) / TODAY
    crowd = [Guest(dice) for _ in range(CROWD)]
    for start in range(0, TODAY, 5_000):
        await store.event_log.append(
            [
                _event(number, begin + round(number * step), dice.choice(crowd))
                for number in range(start, start + 5_000)
            ]
        )
    await store.close()
    return TODAY


class Guest:
    """Someone who is there for a dozen events, then someone else."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._left = 0
        self.visitor = 0

    def act(self) -> int:
        """The number of this event in the visit."""
        if self._left == 0:
            self._left, self.visitor = STAY, self._dice.getrandbits(60)
        self._left -= 1
        return STAY - 1 - self._left


def _event(number: int, at: int, guest: Guest) -> Event:
    step = guest.act()
    visitor, is_view = guest.visitor, step % 3 == 0
    return Event(
        site=servers.SITE,
        time=at,
        id=f"t{number:012}",
        type="pageview" if is_view else "ping",
        visitor=visitor,
        host="shop.example",
        path=f"/page/{(visitor + step // 3) % 2000}",
        sid=f"{visitor:x}-{step // 3}",
        source=("Google", "Direct", "Bing")[visitor % 3] if step == 0 else None,
        country=("DE", "US", "FR")[visitor % 3],
        device="desktop",
        browser="Firefox",
        os="Linux",
    )


def ask(server: servers.Server, query: str) -> tuple[float, Any]:
    """Seconds, and the document."""
    headers = {"Authorization": f"Bearer {servers.ADMIN}"}
    began = time.perf_counter()
    answer = httpx.get(f"{server.url}{STATS}?{query}", headers=headers, timeout=120)
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took, answer.json()


def wait_for_reports(server: servers.Server) -> float:
    """Until the archive has caught up; returns the seconds."""
    began = time.perf_counter()
    while time.perf_counter() - began < 600:
        try:
            ask(server, "period=today&limit=1")
            return time.perf_counter() - began
        except httpx.HTTPStatusError:
            time.sleep(0.5)
    raise RuntimeError("the archive has not caught up within ten minutes")


def first_times(server: servers.Server, query: str) -> list[float]:
    """Of reports that nobody asked for before: each has another limit."""
    return [ask(server, f"{query}&limit={20 + number}")[0] for number in range(ROUNDS)]


def archive_pid(server: servers.Server) -> int:
    children = Path(f"/proc/{server.process}/task").glob("*/children")
    pids = " ".join(path.read_text() for path in children).split()
    return next(
        int(pid)
        for pid in pids
        if b"footfall.history.archive" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


@contextmanager
def reports_without_pause(server: servers.Server) -> Iterator[list[float]]:
    """One reader who asks for one report after the other, each a new one."""
    took: list[float] = []
    stop = threading.Event()

    def read() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            took.append(ask(server, f"period=30d&compare=previous&limit={100 + number % 800}")[0])

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()


def pushes(server: servers.Server) -> float:
    """From posting an event to its update (ms, p99)."""
    scene = Scene(subscribers=1, events_per_second=0, probes=REPORT_PROBES, gap=(0.1, 0.15))
    return p99(uvloop.run(Client(server, scene).play()))


def collects(server: servers.Server) -> float:
    """A page view at a time, a hundred a second (ms, p99)."""
    beacons = visitors.beacons(servers.SITE, 1_000)

    async def run() -> list[float]:
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", server.port)
        took = []
        for beacon in beacons:
            serial = b"%012d" % (time.time_ns() % 10**12)
            began = time.perf_counter()
            status = await line.ask(beacon.replace(visitors.ID, serial))
            took.append((time.perf_counter() - began) * 1000)
            if status != httpx.codes.NO_CONTENT:
                raise RuntimeError(f"/collect answered {status}")
            await asyncio.sleep(0.01)
        line.close()
        return took

    return p99(uvloop.run(run()))


def sqlite_seconds(folder: Path, history: Path) -> float:
    """The same questions asked of the raw events in SQLite, with an index on their time."""
    path = folder / "raw.db"
    with duckdb.connect() as source, sqlite3.connect(path) as raw:
        site = history / f"site={servers.SITE}"
        raw.execute(
            "CREATE TABLE raw (time INTEGER, type TEXT, visitor INTEGER, path TEXT, name TEXT, "
            "source TEXT, campaign TEXT, country TEXT, device TEXT, browser TEXT, os TEXT)"
        )
        rows = source.execute(
            "SELECT e.time, e.type, e.visitor, e.path, e.name, v.source, v.campaign, v.country, "
            f"v.device, v.browser, v.os FROM '{site}/events-*.parquet' AS e "
            f"JOIN '{site}/visits-*.parquet' AS v USING (visitor, visit_start)"
        )
        while chunk := rows.fetchmany(100_000):
            raw.executemany(f"INSERT INTO raw VALUES ({', '.join('?' * 11)})", chunk)
        raw.execute("CREATE INDEX raw_time ON raw (time)")
        raw.commit()
        began = time.perf_counter()
        for query in ASKED_OF_SQLITE:
            raw.execute(query, (0,)).fetchall()
        return time.perf_counter() - began


def measure() -> list[Figure]:
    builds.require_compiled()
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        quiet = collects(server), pushes(server)
    with servers.disk_folder() as folder:
        store, history = f"sqlite:///{folder}/bench.db", folder / "bench.history"
        made = archived(history, DAYS, EVENTS)
        tokens = servers.prepare(store)
        asyncio.run(fill_today(store))
        with servers.serve(store, tokens) as server:
            caught_up = wait_for_reports(server)
            month = first_times(server, "period=30d")
            query = "period=30d&limit=20"
            ask(server, query)
            again = [ask(server, query)[0] for _ in range(ROUNDS)]
            today = first_times(server, "period=today&compare=previous")
            with reports_without_pause(server) as took:
                busy = collects(server), pushes(server)
            memory = peak_mb(archive_pid(server))
        with servers.serve(store, tokens) as server:
            wait_for_reports(server)
            resident = resident_mb(server)
        with servers.serve(store, tokens, (*servers.UNLIMITED, "--no-history")) as server:
            time.sleep(5)
            without = resident_mb(server)
        alone = sqlite_seconds(folder, history)
    about = {**made, "rounds": ROUNDS, "with today's": TODAY}
    return [
        _figure(
            "30-day report of 10,000,000 events, first time",
            statistics.median(month),
            "s",
            1.5,
            about,
        ),
        _figure("the same again", statistics.median(again) * 1000, "ms", 30),
        _figure(
            "today at 1,000,000 events today",
            statistics.median(today) * 1000,
            "ms",
            400,
            {"the archive caught up in s": round(caught_up, 1)},
        ),
        _figure(
            "bytes on disk per archived event, pings included",
            made["bytes"] / made["events"],
            "B",
            30,
        ),
        _figure(
            "the archive's process, at most",
            max(memory, made["resident MB"]),
            "MB",
            512,
            {"serving": round(memory), "closing and merging": made["resident MB"]},
        ),
        _figure(
            "collect p99 while reports run, to quiet",
            busy[0] / quiet[0],
            "times",
            2,
            {"quiet ms": round(quiet[0], 2), "reports": len(took)},
        ),
        _figure(
            "event → SSE p99 while reports run, to quiet",
            busy[1] / quiet[1],
            "times",
            2,
            {"quiet ms": round(quiet[1], 1)},
        ),
        _figure(
            "memory of the serving process for its history",
            resident - without,
            "MB",
            10,
            {"with": round(resident, 1)},
        ),
        Figure(
            name="the 30-day question asked of SQLite alone",
            value=alone / statistics.median(month),
            unit="times as long",
            bar=20,
            sense="at least",
            details={"s": round(alone, 1)},
        ),
    ]


def _figure(
    name: str, value: float, unit: str, bar: float, details: dict[str, Any] | None = None
) -> Figure:
    return Figure(
        name=name, value=value, unit=unit, bar=bar, sense="at most", details=details or {}
    )


if __name__ == "__main__":
    record("reports", measure())

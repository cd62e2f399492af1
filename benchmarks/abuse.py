"""What an owner notices while strangers abuse a public site, compared with a quiet server.

The abuse comes through a trusted proxy, from one address and then from ten: one id again and again,
new filters (also by badge), leaves of random tabs, new event names, and questions about a month of
history that cost most (long series, far periods, tables of 10,000 rows, slow patterns), in turn.
All limits are at their defaults.
"""

import asyncio
import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

import httpx
import msgspec
import uvloop

from benchmarks import builds, servers, strangers, visitors
from benchmarks.batches import bodies, writer
from benchmarks.figures import Figure, record
from benchmarks.load import Sent, send
from benchmarks.reports import archived, wait_for_reports

EVENTS = 50_000
"""On the site beforehand, so that a new filter has something to replay."""
DAYS, PAST = 30, 1_000_000
LONG_PATHS = 2_048
"""Of 2 KB each, for patterns to match."""
VISITORS = 2_000
SECONDS = 20
ROUNDS = 2
SETTLE_SECONDS = 330
"""After which views, kept answers and idle processes are gone."""
Kinds: TypeAlias = tuple[strangers.Kind, ...]
LIVE: Kinds = (
    strangers.same_id,
    strangers.new_filter,
    strangers.leave,
    strangers.event_name,
    strangers.new_badge,
    strangers.readiness,
)
REPORTS: Kinds = (
    strangers.many_hours,
    strangers.far_past,
    strangers.many_steps,
    strangers.slow_pattern,
    strangers.large_table,
)
ABUSE = {LIVE: 2_000, REPORTS: 200}
"""What all strangers together try a second, of kinds in turn."""
RATES = {"`POST /collect`": 100, "live read": 20, "report": 0.5}
"""What the owner does, and how often a second."""
BARS = {1: 3.0, 10: 5.0}
"""By how many addresses abuse the site."""


class Honest(msgspec.Struct, frozen=True):
    """Endless requests of visitors, each from its own address, and of the owner."""

    requests: dict[str, Iterator[bytes]]

    @classmethod
    def new(cls) -> "Honest":
        makes = (_page_views(), _live_reads(), _reports())
        return cls(dict(zip(RATES, makes, strict=True)))

    async def play(self, port: int) -> dict[str, Sent]:
        works = [
            send(port, self.requests[name], rate=rate, seconds=SECONDS, connections=16)
            for name, rate in RATES.items()
        ]
        return dict(zip(RATES, await asyncio.gather(*works), strict=True))


def _page_views() -> Iterator[bytes]:
    beacons = visitors.beacons(servers.SITE, VISITORS)
    for number in count():
        yield beacons[number % VISITORS].replace(visitors.ID, f"{number:012d}".encode())


def _live_reads() -> Iterator[bytes]:
    while True:
        yield _own(strangers.REALTIME)


def _reports() -> Iterator[bytes]:
    """Each is another, so that none is answered from before."""
    for number in count():
        yield _own(f"/api/analytics/sites/{servers.SITE}/stats?period=30d&path=/page/{number}")


def _own(target: str) -> bytes:
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {servers.ADMIN}"
    return f"{head}\r\n\r\n".encode()


def abuse(port: int, rates: dict[Kinds, int], addresses: int, result: Connection) -> None:
    """Runs in a process of its own, so that the honest clients don't wait for it. Kinds that take
    long don't keep the others waiting."""
    start = time.time_ns() % 10**9

    async def play() -> Counter[int]:
        works = []
        for kinds, rate in rates.items():
            requests = strangers.in_turn(kinds, strangers.ADDRESSES[:addresses], start=start)
            works.append(send(port, requests, rate=rate, seconds=SECONDS, connections=32))
        return sum((each.statuses for each in await asyncio.gather(*works)), Counter[int]())

    result.send(uvloop.run(play()))


class Abuser:
    """The process that abuses the server while the context lasts; then it has its ``answers``."""

    def __init__(self, server: servers.Server, rates: dict[Kinds, int], addresses: int) -> None:
        self.answers: Counter[int] = Counter()
        self._ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=abuse, args=(server.port, rates, addresses, theirs))

    def __enter__(self) -> "Abuser":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answers = self._ours.recv()
        self._process.join()


class Round(msgspec.Struct, frozen=True):
    """p99 of what the owner does (ms), and what the abusers were answered."""

    quiet: dict[str, float]
    beside: dict[str, float]
    answers: dict[str, int]


def one_round(server: servers.Server, honest: Honest, addresses: int) -> Round:
    alone = _p99(uvloop.run(honest.play(server.port)))
    with Abuser(server, ABUSE, addresses) as abuser:
        beside = _p99(uvloop.run(honest.play(server.port)))
    answers = {str(status): number for status, number in abuser.answers.items()}
    done = Round(alone, beside, answers)
    print(f"  {addresses}: p99 ms quiet {alone}, abused {beside}, answers {answers}", flush=True)
    return done


def _p99(sent: dict[str, Sent]) -> dict[str, float]:
    """Raises RuntimeError if anything was refused."""
    for name, each in sent.items():
        refused = {status: n for status, n in each.statuses.items() if status not in (200, 204)}
        if refused:
            raise RuntimeError(f"the owner's {name} was refused: {refused}")
    return {name: round(each.p99() * 1000, 1) for name, each in sent.items()}


def tree_mb(pid: int) -> float:
    """Resident memory of a process and of all that it has started."""
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(status.partition("VmRSS:")[2].split()[0]) / 1000
    listed = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return own + sum(tree_mb(int(child)) for child in " ".join(listed).split())


def taken_for_good(server: servers.Server) -> tuple[float, dict[str, object]]:
    """MB that ten addresses take by reports."""
    before = tree_mb(server.process)
    with Abuser(server, {REPORTS: ABUSE[REPORTS]}, 10) as abuser:
        pass
    during = tree_mb(server.process)
    time.sleep(SETTLE_SECONDS)
    after = tree_mb(server.process)
    about = {"MB before": round(before), "at the end of the abuse": round(during),
             "answers": {str(status): n for status, n in abuser.answers.items()}}  # fmt: skip
    return after - before, about


def fill(server: servers.Server) -> None:
    with writer(server) as client:
        for body in bodies(EVENTS):
            client.post("/collect", content=body).raise_for_status()
        page = {"s": servers.SITE, "e": "pageview", "u": "", "ua": strangers.AGENT}
        for first in range(0, LONG_PATHS, 256):
            events = [
                {**page, "u": f"{strangers.PAGE}{number:b}{'ab' * 980}", "ip": "9.9.9.9"}
                for number in range(first, first + 256)
            ]
            client.post("/collect", json=events).raise_for_status()


def publish(server: servers.Server) -> None:
    """Let anyone read the site and its past."""
    httpx.patch(
        f"{server.url}/api/analytics/sites/{servers.SITE}",
        json={"public": True, "publicHistory": True},
        headers={"Authorization": f"Bearer {servers.ADMIN}"},
    ).raise_for_status()


def measure() -> list[Figure]:
    builds.require_compiled()
    with servers.disk_folder() as folder:
        store = f"sqlite:///{folder}/bench.db"
        archived(folder / "bench.history", DAYS, PAST)
        with servers.serve(store, servers.prepare(store), servers.DEFAULTS) as server:
            publish(server)
            fill(server)
            wait_for_reports(server)
            honest = Honest.new()
            uvloop.run(honest.play(server.port))  # warms up
            rounds = {
                addresses: [one_round(server, honest, addresses) for _ in range(ROUNDS)]
                for addresses in BARS
            }
            taken, about = taken_for_good(server)
    return [
        *(_figure(name, addresses, rounds[addresses]) for addresses in BARS for name in RATES),
        Figure(
            name="memory that ten addresses can take through reports, for good",
            value=taken,
            unit="MB",
            bar=100,
            sense="at most",
            details=about,
        ),
    ]


def _figure(name: str, addresses: int, rounds: list[Round]) -> Figure:
    abusers = "one address abuses" if addresses == 1 else f"{addresses} addresses abuse"
    return Figure(
        name=f"owner's {name} p99 while {abusers} a public site, against quiet",
        value=statistics.median(each.beside[name] / each.quiet[name] for each in rounds),
        unit="times",
        bar=BARS[addresses],
        sense="at most",
        details={
            "a second": RATES[name],
            "p99 ms, quiet and abused": [[each.quiet[name], each.beside[name]] for each in rounds],
            "answers to the abusers": rounds[-1].answers,
        },
    )


if __name__ == "__main__":
    record("abuse", measure())

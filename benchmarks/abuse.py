"""Honest ``POST /collect`` while one address abuses a public site, compared with a quiet server.

The abuse comes from one address through a trusted proxy: one id again and again, new filters,
leaves of random tabs and new event names in turn. All limits are at their defaults.
"""

import multiprocessing
import statistics
from collections.abc import Iterator
from multiprocessing.connection import Connection

import uvloop

from benchmarks import servers, strangers, visitors
from benchmarks.batches import bodies, writer
from benchmarks.figures import Figure, record
from benchmarks.load import Sent, send

EVENTS = 50_000
"""On the site beforehand, so that a new filter has something to replay."""
VISITORS = 2_000
HONEST_RATE = 100
ABUSE_RATE = 2_000
SECONDS = 20
ROUNDS = 3
ABUSE = (strangers.same_id, strangers.new_filter, strangers.leave, strangers.event_name)


def honest() -> Iterator[bytes]:
    """Page views of visitors, each from its own address."""
    beacons = visitors.beacons(servers.SITE, VISITORS)
    number = 0
    while True:
        yield beacons[number % VISITORS].replace(visitors.ID, f"{number:012d}".encode())
        number += 1


def abuse(port: int, result: Connection) -> None:
    """Runs in a process of its own, so that the honest client does not wait for it."""
    requests = strangers.in_turn(ABUSE)
    work = send(port, requests, rate=ABUSE_RATE, seconds=SECONDS, connections=32)
    result.send(uvloop.run(work))


def quiet(server: servers.Server, requests: Iterator[bytes]) -> Sent:
    work = send(server.port, requests, rate=HONEST_RATE, seconds=SECONDS, connections=16)
    return uvloop.run(work)


def abused(server: servers.Server, requests: Iterator[bytes]) -> tuple[Sent, Sent]:
    """What the honest client and the abuser got."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    abuser = context.Process(target=abuse, args=(server.port, theirs))
    abuser.start()
    got = quiet(server, requests)
    answers: Sent = ours.recv()
    abuser.join()
    return got, answers


def measure() -> list[Figure]:
    requests = honest()
    pairs: list[tuple[float, float]] = []
    answers = Sent()
    with servers.disk_folder() as folder, servers.footfall(folder, servers.DEFAULTS) as server:
        servers.publish(server)
        with writer(server) as client:
            for body in bodies(EVENTS):
                client.post("/collect", content=body).raise_for_status()
        quiet(server, requests)  # warms up
        for _ in range(ROUNDS):
            alone = quiet(server, requests)
            beside, answers = abused(server, requests)
            pairs.append((alone.p99() * 1000, beside.p99() * 1000))
            print(f"  p99 {pairs[-1][0]:.1f} ms quiet, {pairs[-1][1]:.1f} ms abused")
            refused = sum((alone.statuses + beside.statuses).values()) - sum(
                each.statuses[204] for each in (alone, beside)
            )
            if refused:
                raise RuntimeError(f"{refused} honest requests were refused")
    ratios = [beside / alone for alone, beside in pairs]
    return [
        Figure(
            name="honest `POST /collect` p99 while one address abuses a public site, against quiet",
            value=statistics.median(ratios),
            unit="times",
            bar=3,
            sense="at most",
            details={
                "honest requests per second": HONEST_RATE,
                "abusive requests per second": round(sum(answers.statuses.values()) / SECONDS),
                "answers to the abuser": {str(key): n for key, n in answers.statuses.items()},
                "p99 ms, quiet and abused": [[round(each, 1) for each in pair] for pair in pairs],
            },
        )
    ]


if __name__ == "__main__":
    record("abuse", measure())

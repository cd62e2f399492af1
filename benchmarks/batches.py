"""Events per second in NDJSON batches with a write token. Each answer waits for the commit."""

import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address

import httpx
import msgspec

from benchmarks import builds, servers, visitors
from benchmarks.figures import Figure, record

BATCH = 1_000
EVENTS = 200_000
CONNECTIONS = 4
ROUNDS = 3


def bodies(events: int) -> Iterator[bytes]:
    """NDJSON of page views by as many visitors, as a server would send them now."""
    dice = random.Random(3)
    agents = [visitor.user_agent for visitor in visitors.visitors(20_000)]
    now = time.time_ns() // 1_000_000
    lines = []
    for number in range(events):
        event = visitors.page_view(dice, servers.SITE)
        address = str(IPv4Address((5 << 24) + number * 7))
        agent = agents[number % len(agents)]
        sender = {"id": f"{now}-{number}", "ts": now - 1_000, "ip": address, "ua": agent}
        lines.append(msgspec.json.encode({**event, **sender}))
        if len(lines) == BATCH:
            yield b"\n".join(lines)
            lines = []


def writer(server: servers.Server) -> httpx.Client:
    headers = {
        "Authorization": f"Bearer {server.tokens['write']}",
        "Content-Type": "application/x-ndjson",
    }
    return httpx.Client(base_url=server.url, headers=headers, timeout=60)


def post_all(server: servers.Server) -> float:
    """Events per second of one round."""
    ready = list(bodies(EVENTS))
    with (
        writer(server) as client,
        ThreadPoolExecutor(CONNECTIONS) as senders,
    ):

        def post(body: bytes) -> None:
            answer = client.post("/collect", content=body)
            if answer.status_code != 204 or "Footfall-Dropped" in answer.headers:
                raise RuntimeError(
                    f"a batch was not accepted completely: {answer.status_code} {answer.text}"
                )

        started = time.perf_counter()
        list(senders.map(post, ready))
        return EVENTS / (time.perf_counter() - started)


def rates() -> list[float]:
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        return [post_all(server) for _ in range(ROUNDS)]


def figure(name: str, rates: list[float], bar: float) -> Figure:
    return Figure(
        name=name,
        value=statistics.median(rates),
        unit="events/s",
        bar=bar,
        sense="at least",
        details={
            "connections": CONNECTIONS,
            "events a round": EVENTS,
            "rounds": [round(rate) for rate in rates],
        },
    )


def measure() -> list[Figure]:
    builds.require_compiled()
    compiled = rates()
    with builds.pure():
        pure = rates()
    name = "events/s by NDJSON batches of 1,000 with a write token, durable"
    return [figure(name, compiled, 60_000), figure("the same in pure Python", pure, 45_000)]


if __name__ == "__main__":
    record("batches", measure())

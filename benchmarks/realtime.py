"""``GET realtime`` with a token at 100,000 visitors, compared with sending the same bytes."""

import time

from benchmarks import servers, wrk
from benchmarks.batches import bodies, writer
from benchmarks.figures import Figure, record

VISITORS = 100_000
CONNECTIONS = 64


def fill(server: servers.Server) -> None:
    """Send one page view of each visitor, and wait until the window counts all."""
    with writer(server) as client:
        for body in bodies(VISITORS):
            client.post("/collect", content=body).raise_for_status()
    deadline = time.monotonic() + 30
    while (current := servers.realtime(server).json()["currentVisitors"]) < VISITORS:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{current} of {VISITORS} visitors were counted")
        time.sleep(0.1)


def measure() -> list[Figure]:
    with servers.disk_folder() as folder, servers.footfall(folder) as ours:
        fill(ours)
        document = folder / "document.json"
        size = document.write_bytes(servers.realtime(ours).content)
        requests = folder / "requests"
        requests.write_text(
            f"GET {servers.REALTIME} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {ours.tokens['read']}\r\n\r\n"
        )
        load = wrk.Load(requests, CONNECTIONS)
        with servers.bare("document", {"BENCH_DOCUMENT": str(document)}) as baseline:
            taken = wrk.compare(ours.url, baseline.url, load)
    return [
        Figure(
            name="`GET realtime` with a token at 100,000 visitors against a bare handler",
            value=taken.ratio,
            unit="of it",
            bar=0.9,
            sense="at least",
            details={
                "visitors": VISITORS,
                "connections": CONNECTIONS,
                "document bytes": size,
                "requests per second": taken.ours.rate,
                "p99 ms": taken.ours.p99,
                "bare requests per second": taken.baseline.rate,
                "ratios": taken.ratios,
            },
        )
    ]


if __name__ == "__main__":
    record("realtime", measure())

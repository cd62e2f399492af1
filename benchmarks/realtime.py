"""``GET realtime`` with a token at 100,000 visitors against a handler that sends its bytes."""

import time

import httpx

from benchmarks import servers, wrk
from benchmarks.batches import CLIENT_HEADERS, COLLECT, bodies
from benchmarks.figures import Figure, record

VISITORS = 100_000
CONNECTIONS = 64
PATH = f"/api/analytics/sites/{servers.SITE}/realtime"


def fill(server: servers.Server, secret: str) -> None:
    """One page view of each visitor, and wait until the window counts them."""
    headers = {**CLIENT_HEADERS, "Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for body in bodies(VISITORS):
            client.post(COLLECT, content=body, headers=headers).raise_for_status()
    deadline = time.monotonic() + 30
    while (current := _visitors(server)) < VISITORS:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{current} of {VISITORS} visitors were counted")
        time.sleep(0.1)


def _visitors(server: servers.Server) -> int:
    document = servers.admin(server, "GET", PATH).json()
    visitors: int = document["currentVisitors"]
    return visitors


def measure() -> list[Figure]:
    with servers.disk_folder() as folder, servers.footfall(folder) as ours:
        fill(ours, servers.token(folder, "write"))
        document = folder / "document.json"
        document.write_bytes(servers.admin(ours, "GET", PATH).content)
        requests = folder / "requests"
        secret = servers.token(folder, "read")
        requests.write_text(
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\n\r\n"
        )
        load = wrk.Load(requests, CONNECTIONS)
        with servers.bare("document", {"BENCH_DOCUMENT": str(document)}) as rival:
            taken = wrk.compare(ours.url, rival.url, load)
        size = document.stat().st_size
    return [
        Figure(
            name="`GET realtime` with a token at 100,000 visitors against a bare handler",
            value=taken.ratio,
            unit="of it",
            bar=0.7,
            sense="at least",
            details={
                "visitors": VISITORS,
                "connections": CONNECTIONS,
                "document bytes": size,
                "requests per second": taken.ours.rate,
                "p99 ms": taken.ours.p99,
                "bare requests per second": taken.rival.rate,
                "ratios": taken.ratios,
            },
        )
    ]


if __name__ == "__main__":
    record("realtime", measure())

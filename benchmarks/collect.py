"""Durable ``POST /collect``, compared with a bare handler that reads the body and answers 204."""

from benchmarks import servers, visitors, wrk
from benchmarks.figures import Figure, record

VISITORS = 20_000
CONNECTIONS = 256


def measure() -> list[Figure]:
    with servers.disk_folder() as folder:
        requests = folder / "requests"
        requests.write_bytes(b"\0".join(visitors.beacons(servers.SITE, VISITORS)))
        load = wrk.Load(requests, CONNECTIONS)
        with servers.bare("accept") as baseline, servers.footfall(folder) as ours:
            taken = wrk.compare(ours.url, baseline.url, load)
            document = servers.realtime(ours, minutes=30).json()
    if document["currentVisitors"] != VISITORS:
        raise RuntimeError(f"{document['currentVisitors']} of {VISITORS} visitors were counted")
    return [
        Figure(
            name="durable `POST /collect` against a bare handler",
            value=taken.ratio,
            unit="of it",
            bar=0.5,
            sense="at least",
            details={
                "connections": CONNECTIONS,
                "user agents and addresses": VISITORS,
                "requests per second": taken.ours.rate,
                "p50 ms": taken.ours.p50,
                "p99 ms": taken.ours.p99,
                "bare requests per second": taken.baseline.rate,
                "bare p99 ms": taken.baseline.p99,
                "ratios": taken.ratios,
            },
        )
    ]


if __name__ == "__main__":
    record("collect", measure())

"""Durable ``POST /collect``, compared with a bare handler that reads the body and answers 204."""

from benchmarks import builds, servers, visitors, wrk
from benchmarks.figures import Figure, record

VISITORS = 20_000
CONNECTIONS = 256


def taken() -> wrk.Comparison:
    with servers.disk_folder() as folder:
        requests = folder / "requests"
        requests.write_bytes(b"\0".join(visitors.beacons(servers.SITE, VISITORS)))
        load = wrk.Load(requests, CONNECTIONS)
        with servers.bare("accept") as baseline, servers.footfall(folder) as ours:
            taken = wrk.compare(ours.url, baseline.url, load)
            document = servers.realtime(ours, minutes=30).json()
    if document["currentVisitors"] != VISITORS:
        raise RuntimeError(f"{document['currentVisitors']} of {VISITORS} visitors were counted")
    return taken


def figure(name: str, taken: wrk.Comparison, bar: float) -> Figure:
    return Figure(
        name=name,
        value=taken.ratio,
        unit="of it",
        bar=bar,
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


def measure() -> list[Figure]:
    builds.require_compiled()
    compiled = taken()
    with builds.pure():
        pure = taken()
    return [
        figure("durable `POST /collect` against a bare handler", compiled, 0.85),
        figure("the same in pure Python", pure, 0.8),
        Figure(
            name="its p99 against the bare handler's",
            value=compiled.ours.p99 / compiled.baseline.p99,
            unit="times",
            bar=1.5,
            sense="at most",
            details={"pure": round(pure.ours.p99 / pure.baseline.p99, 2)},
        ),
    ]


if __name__ == "__main__":
    record("collect", measure())

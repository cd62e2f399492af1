"""Durable ``POST /collect``, compared with a bare handler that reads the body and answers 204."""

from benchmarks import builds, servers, visitors, wrk
from benchmarks.figures import Figure, record

VISITORS = 20_000
CONNECTIONS = 256


def taken() -> tuple[wrk.Comparison, dict[str, float]]:
    """The comparison, and the CPU time (µs) of the server's threads for each request."""
    with servers.disk_folder() as folder:
        requests = folder / "requests"
        requests.write_bytes(b"\0".join(visitors.beacons(servers.SITE, VISITORS)))
        load = wrk.Load(requests, CONNECTIONS)
        with servers.bare("accept") as baseline, servers.footfall(folder) as ours:
            before = servers.cpu_seconds(ours.process)
            taken = wrk.compare(ours.url, baseline.url, load)
            document = servers.realtime(ours, minutes=30).json()
            after = servers.cpu_seconds(ours.process)
    if document["currentVisitors"] != VISITORS:
        raise RuntimeError(f"{document['currentVisitors']} of {VISITORS} visitors were counted")
    requests = document["pageViews"]
    per_request = {each: (after[each] - before.get(each, 0)) / requests * 1e6 for each in after}
    main = per_request.pop(ours.process)
    cpu = {"main thread": round(main, 1), "other threads": round(sum(per_request.values()), 1)}
    return taken, cpu


def figure(name: str, taken: wrk.Comparison, cpu: dict[str, float], bar: float) -> Figure:
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
            "µs of CPU per request": cpu,
        },
    )


def measure() -> list[Figure]:
    builds.require_compiled()
    compiled, compiled_cpu = taken()
    with builds.pure():
        pure, pure_cpu = taken()
    return [
        figure("durable `POST /collect` against a bare handler", compiled, compiled_cpu, 0.85),
        figure("the same in pure Python", pure, pure_cpu, 0.8),
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

"""Memory that one address can take for good, with all caps at their defaults."""

import time
from pathlib import Path

import uvloop

from benchmarks import servers, strangers
from benchmarks.figures import Figure, record
from benchmarks.load import Sent, send
from benchmarks.strangers import Kind

SECONDS = 20
RATE = 4_000
"""More than the server answers in most cases."""
CONNECTIONS = 32
SETTLE_SECONDS = 75
"""Views are closed a minute after their last reader."""
KINDS: dict[str, Kind] = {
    "8 KB URLs with an emoji": strangers.long_url,
    "60 KB X-Forwarded-For": strangers.long_forwarded_for,
    "new filters": strangers.new_filter,
    "leaves with random sids": strangers.leave,
    "pings with long paths": strangers.long_path,
    "event names": strangers.event_name,
    "ids": strangers.new_id,
    "origins": strangers.new_origin,
    "refused queries": strangers.refused_query,
}


def resident_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def flood(server: servers.Server, kind: Kind) -> Sent:
    requests = strangers.in_turn((kind,))
    return uvloop.run(
        send(server.port, requests, rate=RATE, seconds=SECONDS, connections=CONNECTIONS)
    )


def measure() -> list[Figure]:
    taken: dict[str, object] = {}
    with servers.disk_folder() as folder, servers.footfall(folder, servers.DEFAULTS) as server:
        servers.publish(server)
        uvloop.run(send(server.port, strangers.in_turn((strangers.same_id,)), rate=500, seconds=2,
                        connections=8))  # fmt: skip
        before = last = resident_mb(server.process)
        for name, kind in KINDS.items():
            statuses = flood(server, kind).statuses
            now = resident_mb(server.process)
            taken[name] = {
                "MB": round(now - last, 1),
                "answers": {str(status): count for status, count in statuses.items()},
            }
            print(f"  {name}: {now - last:+.1f} MB, {dict(statuses)}")
            last = now
        time.sleep(SETTLE_SECONDS)
        after = resident_mb(server.process)
    return [
        Figure(
            name="memory that one address can take for good",
            value=after - before,
            unit="MB",
            bar=50,
            sense="at most",
            details={"MB before": round(before), "seconds each": SECONDS, "in turn": taken},
        )
    ]


if __name__ == "__main__":
    record("hoard", measure())

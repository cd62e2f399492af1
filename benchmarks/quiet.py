"""A server with a thousand sites on which nothing happens: its CPU time and its memory."""

import os
import time
from pathlib import Path

import httpx

from benchmarks import builds, servers
from benchmarks.figures import Figure, record

SITES = 1_000
SETTLE_SECONDS = 10
WATCH_SECONDS = 30
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def resident_mb(server: servers.Server) -> float:
    pages = int(Path(f"/proc/{server.process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def visit_all(server: servers.Server) -> None:
    """Add the sites, and one page view to each."""
    admin = {"Authorization": f"Bearer {servers.ADMIN}"}
    with httpx.Client(base_url=server.url, headers={"User-Agent": BROWSER}) as client:
        for number in range(SITES):
            site = {"id": f"site-{number}", "name": "A site"}
            client.post("/api/analytics/sites", json=site, headers=admin).raise_for_status()
            event = {"s": site["id"], "e": "pageview", "u": "https://x.example/"}
            client.post("/collect", json=event).raise_for_status()


def measure() -> list[Figure]:
    builds.require_compiled()
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        at_start = resident_mb(server)
        visit_all(server)
        time.sleep(SETTLE_SECONDS)
        before = sum(servers.cpu_seconds(server.process).values())
        time.sleep(WATCH_SECONDS)
        busy = sum(servers.cpu_seconds(server.process).values()) - before
        resident = resident_mb(server)
    return [
        Figure(
            name=f"CPU of a server with {SITES:,} quiet sites",
            value=busy / WATCH_SECONDS * 100,
            unit="% of a core",
            bar=1,
            sense="at most",
            details={"its resident MB": round(resident)},
        ),
        Figure(
            name="resident memory after the start",
            value=at_start,
            unit="MB",
            bar=80,
            sense="at most",
        ),
    ]


if __name__ == "__main__":
    record("quiet", measure())

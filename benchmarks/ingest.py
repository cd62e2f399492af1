"""Lines of an access log per second into history, against GoAccess on the same file.

A log of a million lines: each page brings up to eight files along, as a browser with an empty or a
full cache does; some requests fail, some are of bots. A second log has nothing but pages.
"""

import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks import builds, servers, visitors
from benchmarks.figures import Figure, record

LINES = 1_000_000
ROUNDS = 3
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
)
PAGES = ["/", *[f"/blog/post-{n}" for n in range(300)], *[f"/docs/page-{n}" for n in range(200)]]
FILES = ["/site.css", "/favicon.ico", *[f"/app-{n}.js" for n in range(20)]]
FILES += [f"/images/{n}.webp" for n in range(200)]
REFERRERS = ["-", "-", "-", "https://www.google.com/", "https://news.example/item?id=1"]
BEGIN = datetime(2026, 10, 1, tzinfo=UTC).timestamp()


def write_log(path: Path, most_files: int) -> int:
    """Returns how many of the lines are page views that count."""
    dice = random.Random(5)
    people = [
        (f"{dice.randrange(1, 224)}.{dice.randrange(256)}.{dice.randrange(256)}.1", each.user_agent)
        for each in visitors.visitors(60_000)
    ]
    written, counted, seconds = 0, 0, BEGIN
    with path.open("w") as log:
        while written < LINES:
            address, agent = dice.choice(people)
            seconds += dice.random() * 4
            stamp = datetime.fromtimestamp(seconds, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
            status = 200 if dice.random() < 0.95 else dice.choice([301, 404, 500])
            is_bot = dice.random() < 0.05
            agent = dice.choice(BOTS) if is_bot else agent
            page = dice.choice(PAGES)
            counted += status == 200 and not is_bot
            wanted = [(page, status, dice.choice(REFERRERS))]
            for _ in range(dice.randrange(most_files + 1)):
                wanted.append((dice.choice(FILES), 200, f"https://shop.example{page}"))
            for target, code, referrer in wanted:
                log.write(
                    f'{address} - - [{stamp}] "GET {target} HTTP/1.1" {code} '
                    f'{dice.randrange(500, 50_000)} "{referrer}" "{agent}"\n'
                )
            written += len(wanted)
    return counted


def ours(log: Path, page_views: int) -> float:
    """Seconds from the command's start until the report has all."""
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        command = [sys.executable, "-m", "footfall", "ingest", str(log), "--site", servers.SITE]
        environ = {"FOOTFALL_URL": server.url, "FOOTFALL_TOKEN": server.tokens["write"]}
        began = time.perf_counter()
        subprocess.run(command, env={**os.environ, **environ}, check=True)
        while _reported(server) < page_views:
            time.sleep(0.02)
        took = time.perf_counter() - began
        if _reported(server) != page_views:
            raise RuntimeError(f"{page_views} page views were to be counted")
        return took


def _reported(server: servers.Server) -> int:
    answer = httpx.get(
        f"{server.url}/api/analytics/sites/{servers.SITE}/stats?period=12mo",
        headers={"Authorization": f"Bearer {servers.ADMIN}"},
        timeout=60,
    )
    return int(answer.raise_for_status().json()["pageViews"])


def goaccess(log: Path) -> float:
    """Seconds until its report is written."""
    command = ["goaccess", str(log), "--log-format=COMBINED", "--no-progress", "-o"]
    began = time.perf_counter()
    subprocess.run(
        [*command, str(log.with_suffix(".json"))],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def figure(name: str, log: Path, most_files: int) -> Figure:
    page_views = write_log(log, most_files)
    rounds = [(ours(log, page_views), goaccess(log)) for _ in range(ROUNDS)]
    return Figure(
        name=name,
        value=statistics.median(theirs / mine for mine, theirs in rounds),
        unit="times",
        bar=2,
        sense="at least",
        details={
            "lines": LINES,
            "page views": page_views,
            "lines/s": [round(LINES / mine) for mine, _ in rounds],
            "lines/s of GoAccess": [round(LINES / theirs) for _, theirs in rounds],
        },
    )


def measure() -> list[Figure]:
    builds.require_compiled()
    with servers.disk_folder() as folder:
        log = folder / "access.log"
        return [
            figure("access-log lines/s into history, against GoAccess", log, 8),
            figure("the same, of a log of nothing but pages", log, 0),
        ]


if __name__ == "__main__":
    record("ingest", measure())

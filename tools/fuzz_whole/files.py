"""What comes in files, and by calls of the SDK."""

import csv
import io
import logging
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from footfall_sdk import Footfall, Visit
from tools.fuzz_whole.requests import IMPORTER
from tools.fuzz_whole.target import Finding, Target
from tools.fuzz_whole.values import ADDRESSES, AGENTS, DATES, NUMBERS, TEXTS, damaged, is_odd, text
from tools.fuzz_whole.writes import HALF_HOUR_MS, OLDER, older_lines

COMMAND_S = 120
LOGS = ("combined", "combined", "common", "caddy", "nginx-json", "alb", "cloudfront")
UMAMI = (
    *(
        "website_id",
        "session_id",
        "visit_id",
        "event_id",
        "created_at",
        "url_path",
        "url_query",
        "hostname",
    ),
    *(
        "referrer_path",
        "referrer_query",
        "referrer_domain",
        "page_title",
        "event_type",
        "event_name",
        "browser",
    ),
    *("os", "device", "screen", "country", "subdivision1", "city", "utm_source", "utm_campaign"),
)
PLAUSIBLE = {
    "imported_visitors": ("date", "visitors", "pageviews", "bounces", "visits", "visit_duration"),
    "imported_pages": ("date", "hostname", "page", "visits", "visitors", "pageviews"),
    "imported_custom_events": ("date", "name", "link_url", "path", "visitors", "events"),
}


logging.getLogger("footfall_sdk").disabled = True  # it says what is wrong with each odd call


def send_all(target: Target, seed: str) -> None:
    """One round of each. Raises Finding."""
    random = Random(seed)
    folder = target.folder / "files"
    folder.mkdir(exist_ok=True)
    ndjson = folder / "events.ndjson"
    ndjson.write_bytes(older_lines(random, _now(), 50))
    umami = folder / "website_event.csv"
    umami.write_bytes(_table(random, UMAMI))
    plausible = folder / "export.zip"
    with zipfile.ZipFile(plausible, "w") as archive:
        for name, columns in PLAUSIBLE.items():
            archive.writestr(f"{name}.csv", _table(random, columns))
    for file, form in ((ndjson, "ndjson"), (umami, "umami"), (plausible, "plausible")):
        _command("import", file, "--site", OLDER, "--format", form, "--store", target.store)
    log = folder / f"access-{random.randrange(1 << 30)}.log"
    log.write_bytes(_access_log(random))
    server = ("--url", target.url, "--token", target.tokens[IMPORTER])
    _command("ingest", log, "--site", OLDER, "--format", random.choice(LOGS), *server)
    _call_sdk(target, random)


def _now() -> int:
    return round(time.time() * 1000)


def _command(*words: str | Path) -> None:
    """It may refuse what it gets, in words."""
    command = [sys.executable, "-m", "footfall", *map(str, words)]
    run = subprocess.run(command, capture_output=True, check=False, timeout=COMMAND_S)
    said = run.stdout + run.stderr
    if run.returncode not in (0, 1, 2) or b"Traceback" in said:
        raise Finding(f"{' '.join(command[2:6])} ends with {run.returncode}: {said[-3000:]!r}")
    if b"\x1b]" in said or b"\x1b[2J" in said:
        raise Finding(f"{words[0]} prints what a terminal obeys: {said[-500:]!r}")


def _cell(random: Random, column: str) -> str:
    if is_odd(random):
        return random.choice((random.choice(NUMBERS), text(random), random.choice(DATES)))
    if column == "date":
        return f"2025-0{random.randrange(1, 10)}-1{random.randrange(10)}"
    if column == "created_at":
        return f"2025-11-0{random.randrange(1, 10)} 10:30:00"
    if column in ("page", "path", "url_path"):
        return "/docs"
    if column == "event_type":
        return random.choice(("1", "2"))
    return str(random.randrange(50))


def _table(random: Random, columns: Sequence[str]) -> bytes:
    """CSV, now and then damaged."""
    found = io.StringIO()
    rows = csv.writer(found)
    rows.writerow(columns)
    for _ in range(8):
        rows.writerow([_cell(random, column) for column in columns])
    data = found.getvalue().encode(errors="replace")
    return damaged(random, data) if random.random() < 0.3 else data


def _access_log(random: Random) -> bytes:
    lines = []
    for _ in range(60):
        age = random.choice((60_000, HALF_HOUR_MS, 86_400_000, 300 * 86_400_000))
        moment = time.gmtime((_now() - age) / 1000)
        path = text(random) if is_odd(random) else "/docs"
        address = random.choice(ADDRESSES) if is_odd(random) else "198.51.100.9"
        stamp = text(random) if is_odd(random) else time.strftime("%d/%b/%Y:%H:%M:%S +0000", moment)
        request = f"GET {path} HTTP/1.1"
        line = f'{address} - - [{stamp}] "{request}" 200 512 "-" "{random.choice(AGENTS)}"'
        data = line.encode(errors="replace")
        lines.append(damaged(random, data) if is_odd(random) else data)
    return b"\n".join(lines) + b"\n"


def _call_sdk(target: Target, random: Random) -> None:
    """All that an application may say, well or badly: nothing is raised, all of it is accounted
    for."""
    sdk = Footfall(target.url, OLDER, target.tokens[IMPORTER], exit_seconds=COMMAND_S)
    calls = 60
    for _ in range(calls):
        url = text(random) if is_odd(random) else "https://shop.example/docs"
        visit = Visit("198.51.100.7", random.choice(AGENTS), url, referrer=random.choice(TEXTS))
        if random.random() < 0.5:
            sdk.page_view(visit)
        else:
            value = random.choice(
                (1, 1 << 63, 1 << 70, float("nan"), float("inf"), "\ud800", "a\0", None)
            )
            properties = {f"p{text(random)}": value}
            sdk.track(random.choice(("signup", text(random))), visit=visit, **properties)
    sdk.close()
    counters = sdk.counters
    lost = counters.overflowed + counters.refused + counters.abandoned
    if lost or counters.delivered + counters.invalid != calls:
        raise Finding(f"of {calls} calls of the SDK became {counters}")

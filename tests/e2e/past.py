"""A past for a site, brought along by ``footfall import``: forty days of events, and a day of the
year before that Plausible counted."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.browsers import IPHONE, WINDOWS
from tests.e2e.traffic import AMERICAN, GERMAN

DAYS = 40
PAGES = ("/tea", "/cups")
HEAD = "date,visitors,pageviews,bounces,visits,visit_duration"


def lines(site: str) -> list[dict[str, object]]:
    """Each day at noon (UTC) a German reads two pages and signs up, and an American reads one;
    every second day a second American comes from Google."""
    made: list[dict[str, object]] = []
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    for day in range(1, DAYS + 1):
        noon = today - timedelta(days=day)

        def add(at: int, path: str, noon: datetime = noon, **fields: object) -> None:
            ts = round((noon + timedelta(seconds=at)).timestamp() * 1000)
            url = f"https://shop.example{path}"
            made.append({"s": site, "e": "pageview", "u": url, "ts": ts, **fields})

        add(0, "/tea", ip=GERMAN, ua=IPHONE)
        add(60, "/cups", ip=GERMAN, ua=IPHONE)
        signup = {"name": "signup", "plan": "pro" if day % 4 == 0 else "free"}
        add(90, "/cups", ip=GERMAN, ua=IPHONE, e="event", p=signup)
        add(5, "/cups", ip=AMERICAN, ua=WINDOWS)
        if day % 2 == 0:
            add(7, "/tea", ip="17.0.0.9", ua=WINDOWS, r="https://www.google.com/")
    return made


def bring_along(store: Path, site: str, folder: Path) -> str:
    """What the command says."""
    totals = folder / "imported_visitors.csv"
    totals.write_text(f"{HEAD}\n{counted_elsewhere()},7,20,3,8,80\n")
    events = folder / "past.ndjson"
    events.write_text("\n".join(map(json.dumps, lines(site))))
    said = ""
    for file, kind in ((totals, "plausible"), (events, "ndjson")):
        command = (sys.executable, "-m", "footfall", "import", str(file), "--format", kind)
        where = ("--site", site, "--store", f"sqlite:///{store}")
        done = subprocess.run([*command, *where], capture_output=True, text=True, check=True)
        said += done.stdout
    return said


def counted_elsewhere() -> str:
    """The day."""
    return (datetime.now(UTC) - timedelta(days=500)).date().isoformat()

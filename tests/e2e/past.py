"""A past for a site: forty days of events, brought along by ``footfall import``."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.browsers import IPHONE, WINDOWS
from tests.e2e.traffic import AMERICAN, GERMAN

DAYS = 40
PAGES = ("/tea", "/cups")


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
    file = folder / "past.ndjson"
    file.write_text("\n".join(map(json.dumps, lines(site))))
    command = (sys.executable, "-m", "footfall", "import", str(file), "--site", site)
    done = subprocess.run(
        [*command, "--store", f"sqlite:///{store}"], capture_output=True, text=True, check=True
    )
    return done.stdout

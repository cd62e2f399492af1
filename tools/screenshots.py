"""Takes the screenshots of the documentation.

    python -m tools.screenshots

Starts a server on a temporary store and sends it half an hour of the demo's visitors. Then writes
``docs/images/<element>.png`` for each element, on a page of another origin in Chromium, and
``docs/images/dashboard-<form>.png`` for each form of the dashboard.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from footfall.demo.crowd import Crowd
from footfall.demo.site import SITE_ID, prepare
from footfall.engines.open import open_store
from tests.e2e import browsers
from tests.e2e.hosts import hosted
from tests.e2e.processes import Footfall

IMAGES = Path(__file__).parents[1] / "docs" / "images"
HISTORY_SECONDS = 29 * 60
EVENTS_PER_SECOND = 8.0
BATCH = 5_000
SETTLED_MS = 1_500
"""By then all animations have ended."""

ELEMENTS = {
    "realtime-counter": '<realtime-counter site="demo"></realtime-counter>',
    "live-activity-feed": '<live-activity-feed site="demo"></live-activity-feed>',
    "top-list": '<top-list site="demo" list="pages" max-items="8"></top-list>',
    "visitor-map": '<visitor-map site="demo"></visitor-map>',
    "minute-chart": '<minute-chart site="demo"></minute-chart>',
}
DESK = {"width": 1440, "height": 900}
DASHBOARD: dict[str, tuple[str, Any]] = {
    "light": ("", {"viewport": DESK, "color_scheme": "light"}),
    "dark": ("", {"viewport": DESK, "color_scheme": "dark"}),
    "tv": ("?tv=1", {"viewport": {"width": 1440, "height": 810}, "color_scheme": "dark"}),
    "phone": ("", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
}
"""By form: the query string, and the options of the browser page."""
PAGE = """<!doctype html><title>Elements</title>
<script type="module" src="{server}/footfall-elements.js"></script>
<style>body {{ margin: 0; background: #fff; }} div {{ width: max-content; padding: 16px; }}
div > * {{ width: 400px; }}
live-activity-feed {{ height: 384px; }}
visitor-map {{ width: 640px; }}</style>{elements}"""


def history(server: str, now: int) -> Iterator[dict[str, object]]:
    """Events of the demo's visitors in the half hour before ``now`` (ms)."""
    crowd = Crowd(SITE_ID, server, random.Random(7))  # noqa: S311 - the same screenshot each time
    for second in range(HISTORY_SECONDS):
        for report in crowd.until(second, EVENTS_PER_SECOND):
            yield {**report.body, "ts": now - (HISTORY_SECONDS - second) * 1000}


async def prepared(store_url: str) -> str:
    """Create the demo's site with its goals. Returns a write token."""
    store = open_store(store_url)
    demo = await prepare(store.catalog)
    await store.close()
    return demo.write_token


def populate(server: str, write_token: str) -> None:
    lines = [msgspec.json.encode(each) for each in history(server, time.time_ns() // 1_000_000)]
    headers = {"authorization": f"Bearer {write_token}", "content-type": "application/x-ndjson"}
    for start in range(0, len(lines), BATCH):
        body = b"\n".join(lines[start : start + BATCH])
        httpx.post(f"{server}/collect", content=body, headers=headers).raise_for_status()


def shoot(page: Page, address: str) -> None:
    page.goto(address)
    for name in ELEMENTS:
        page.locator(f'{name}[data-state="live"]').wait_for()
    page.locator("visitor-map path").first.wait_for(state="attached")
    page.wait_for_timeout(SETTLED_MS)
    IMAGES.mkdir(exist_ok=True)
    for name in ELEMENTS:
        page.locator(f"#{name}").screenshot(path=IMAGES / f"{name}.png")


def shoot_dashboard(browser: Browser, server: str) -> None:
    for form, (search, options) in DASHBOARD.items():
        page = browser.new_page(**options)
        page.goto(f"{server}/sites/{SITE_ID}{search}")
        page.locator('[data-state="live"]').first.wait_for()
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=IMAGES / f"dashboard-{form}.png")
        page.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/footfall.db"
        write_token = asyncio.run(prepared(store))
        server = Footfall("serve", "--store", store)
        try:
            server.start()
            populate(server.url, write_token)
            take(server.url)
        finally:
            server.stop()


def take(server: str) -> None:
    boxes = "".join(f'<div id="{name}">{markup}</div>' for name, markup in ELEMENTS.items())
    html = PAGE.format(server=server, elements=boxes)

    async def embedding(_request: object) -> HTMLResponse:
        return HTMLResponse(html)

    with (
        hosted(Starlette(routes=[Route("/", embedding)])) as address,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch(playwright)
        shoot(browser.new_page(device_scale_factor=1.5), address)
        shoot_dashboard(browser, server)
        browser.close()


if __name__ == "__main__":
    main()

"""Takes the pictures of the documentation's component pages, from the real thing.

    python -m tools.screenshots

Starts a server in memory, tells it of half an hour of the demo's visitors, shows each element on
a page of another origin in Chromium and writes ``docs/images/<element>.png``.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from footfall.demo.crowd import Crowd
from footfall.demo.site import SITE_ID
from tests.e2e import browsers
from tests.e2e.hosts import hosted
from tests.e2e.processes import Api, Footfall

IMAGES = Path(__file__).parents[1] / "docs" / "images"
ADMIN_TOKEN = "the-admin-token-of-the-screenshots"  # noqa: S105
HISTORY_SECONDS = 29 * 60
EVENTS_PER_SECOND = 2.0
BATCH = 5_000
SETTLED_MS = 1_500
"""Numbers have rolled and rows have glided by then."""

ELEMENTS = {
    "realtime-counter": '<realtime-counter site="demo"></realtime-counter>',
    "live-activity-feed": '<live-activity-feed site="demo"></live-activity-feed>',
    "top-list": '<top-list site="demo" list="pages" max-items="8"></top-list>',
    "visitor-map": '<visitor-map site="demo"></visitor-map>',
    "minute-chart": '<minute-chart site="demo"></minute-chart>',
}
PAGE = """<!doctype html><title>Elements</title>
<script type="module" src="{server}/footfall-elements.js"></script>
<style>body {{ margin: 0; background: #fff; }} div {{ width: max-content; padding: 16px; }}
div > * {{ width: 400px; }}
live-activity-feed {{ height: 384px; }}
visitor-map {{ width: 640px; }}</style>{elements}"""


def history(server: str, now: int) -> Iterator[dict[str, object]]:
    """What the demo's visitors did in the half hour before ``now`` (ms)."""
    crowd = Crowd(SITE_ID, server, random.Random(7))  # noqa: S311 - the same picture each time
    for second in range(HISTORY_SECONDS):
        for report in crowd.until(second, EVENTS_PER_SECOND):
            yield {**report.body, "ts": now - (HISTORY_SECONDS - second) * 1000}


def populate(server: Footfall, api: Api) -> None:
    api.post("/sites", {"id": SITE_ID, "name": "Fern & Clay", "public": True})
    secret = api.post("/tokens", {"scope": "write", "siteId": SITE_ID})["secret"]
    lines = [msgspec.json.encode(each) for each in history(server.url, time.time_ns() // 1_000_000)]
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/x-ndjson"}
    for start in range(0, len(lines), BATCH):
        body = b"\n".join(lines[start : start + BATCH])
        httpx.post(f"{server.url}/collect", content=body, headers=headers).raise_for_status()


def shoot(page: Page, address: str) -> None:
    page.goto(address)
    for name in ELEMENTS:
        page.locator(f'{name}[data-state="live"]').wait_for()
    page.locator("visitor-map path").first.wait_for(state="attached")
    page.wait_for_timeout(SETTLED_MS)
    IMAGES.mkdir(exist_ok=True)
    for name in ELEMENTS:
        page.locator(f"#{name}").screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    server = Footfall(
        "serve", "--store", "memory://", environ={"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN}
    )
    try:
        server.start()
        populate(server, Api(server, ADMIN_TOKEN))
        boxes = "".join(f'<div id="{name}">{markup}</div>' for name, markup in ELEMENTS.items())
        html = PAGE.format(server=server.url, elements=boxes)

        async def embedding(_request: object) -> HTMLResponse:
            return HTMLResponse(html)

        with (
            hosted(Starlette(routes=[Route("/", embedding)])) as address,
            sync_playwright() as playwright,
        ):
            browser = browsers.launch(playwright)
            shoot(browser.new_page(device_scale_factor=1.5), address)
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()

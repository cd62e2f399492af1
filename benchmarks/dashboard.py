"""The live page in a real browser: time to first numbers, work per update, time to paint."""

import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import servers
from benchmarks.figures import Figure, record
from tests.e2e.browsers import launch

RATE = 200
"""Events per second from the demo's visitors, as on a busy site."""
NAVIGATIONS = 7
WARM_UP_MS = 6_000
WATCH_MS = 15_000
PAGES = 6
SIZE: Any = {"width": 1440, "height": 900}
# Calls ``done`` after the next frame is drawn.
PAINTED = """
window.oncePainted = (done) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = done;
  channel.port2.postMessage(0);
});
"""
FIRST = (
    PAINTED
    + """
const seen = new MutationObserver(() => {
  if (!document.querySelector("[data-testid=current-visitors]:not(:empty)")) return;
  seen.disconnect();
  oncePainted(() => { window.first = performance.now(); });
});
seen.observe(document, {childList: true, characterData: true, subtree: true});
"""
)
ON_UPDATE = """
window.updates = 0;
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => { window.updates += 1; window.onUpdate?.(); });
  }
};
"""
PAINTS = (
    PAINTED
    + """
window.painted = [];
window.onUpdate = () => {
  const came = performance.now();
  oncePainted(() => window.painted.push(performance.now() - came));
};
"""
)


def first_numbers(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds from navigation to the first number on the screen, with an empty cache.

    Measured by the page's clock, and from outside, which includes the driver's own work.
    """
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.add_init_script(FIRST)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.first !== undefined")
    outside = (time.perf_counter() - started) * 1000
    inside = float(page.evaluate("window.first"))
    context.close()
    return inside, outside


def work_per_update(browser: Browser, url: str, motion: Any) -> list[float]:
    """Main-thread milliseconds per update, of several pages one after another: it depends on where
    in the screen's cycle the updates happen to come."""
    return [_work_of_a_page(browser, url, motion) for _ in range(PAGES)]


def _work_of_a_page(browser: Browser, url: str, motion: Any) -> float:
    page = _open(browser, url, ON_UPDATE, motion)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate("window.updates = 0")
    busy = _task_seconds(devtools)
    page.wait_for_timeout(WATCH_MS)
    busy = _task_seconds(devtools) - busy
    updates = float(page.evaluate("window.updates"))
    page.context.close()
    return busy * 1000 / updates


def update_to_paint(browser: Browser, url: str, motion: Any) -> float:
    """The 95th percentile, in ms. Watching for paints costs work, so that is measured apart."""
    page = _open(browser, url, ON_UPDATE + PAINTS, motion)
    page.evaluate("window.painted = []")
    page.wait_for_timeout(WATCH_MS)
    painted = sorted(page.evaluate("window.painted"))
    page.context.close()
    return float(painted[int(len(painted) * 0.95)])


def _open(browser: Browser, url: str, script: str, motion: Any) -> Page:
    page = browser.new_context(viewport=SIZE, reduced_motion=motion).new_page()
    page.add_init_script(script)
    page.goto(url)
    page.wait_for_timeout(WARM_UP_MS)
    return page


def _task_seconds(devtools: Any) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def measure() -> list[Figure]:
    port = servers.free_port()
    demo = ["footfall", "demo", "--port", str(port), "--rate", str(RATE)]
    with servers.process(demo, port, "/healthz", {}) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        url = f"{server.url}/sites/demo"
        work = work_per_update(browser, url, "no-preference")
        calm_work = work_per_update(browser, url, "reduce")
        paint = update_to_paint(browser, url, "no-preference")
        calm_paint = update_to_paint(browser, url, "reduce")
        first = [first_numbers(browser, url) for _ in range(NAVIGATIONS)]
        browser.close()
    site = {"events per second": RATE, "rendering": "software: the machine has no GPU"}
    return [
        Figure(
            name="dashboard: first numbers after navigation, cold cache",
            value=statistics.median(inside for inside, _ in first),
            unit="ms",
            bar=700,
            sense="at most",
            details={
                **site,
                "navigations ms": [round(inside) for inside, _ in first],
                "seen from outside, with the driver's work": [round(out) for _, out in first],
            },
        ),
        Figure(
            name="dashboard: update received → painted",
            value=paint,
            unit="ms (p95)",
            bar=50,
            sense="at most",
            details={**site, "with reduced motion": round(calm_paint, 1)},
        ),
        Figure(
            name="dashboard: main-thread time per update",
            value=statistics.mean(work),
            unit="ms",
            bar=8,
            sense="at most",
            details={
                **site,
                "pages": sorted(round(each, 1) for each in work),
                "with reduced motion": sorted(round(each, 1) for each in calm_work),
            },
        ),
    ]


if __name__ == "__main__":
    record("dashboard", measure())

"""The live page in a real browser: first numbers, work per update, update to paint."""

import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import servers
from benchmarks.figures import Figure, record
from tests.e2e.browsers import launch

RATE = 200
"""Events per second from the demo's visitors: a busy site."""
NAVIGATIONS = 7
WARM_UP_MS = 15_000
WATCH_MS = 30_000
SIZE: Any = {"width": 1440, "height": 900}
SHOWN = "[data-testid=current-visitors]:not(:empty)"
LISTEN = """
window.updates = 0; window.painted = [];
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => {
      const came = performance.now();
      window.updates += 1;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.painted.push(performance.now() - came);
        channel.port2.postMessage(0);
      });
    });
  }
};
"""


def first_numbers(browser: Browser, url: str) -> float:
    """Milliseconds from navigation to the first number, with an empty cache."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(SHOWN, state="attached")
    taken = (time.perf_counter() - started) * 1000
    context.close()
    return taken


def watch(page: Page, url: str) -> tuple[float, float]:
    """Main-thread milliseconds per update, and the 95th percentile from update to paint."""
    page.add_init_script(LISTEN)
    page.goto(url)
    page.wait_for_timeout(WARM_UP_MS)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate("window.updates = 0; window.painted = []")
    busy = _task_seconds(devtools)
    page.wait_for_timeout(WATCH_MS)
    busy = _task_seconds(devtools) - busy
    updates = page.evaluate("window.updates")
    painted = sorted(page.evaluate("window.painted"))
    return busy * 1000 / updates, painted[int(len(painted) * 0.95)]


def _task_seconds(devtools: Any) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def measure() -> list[Figure]:
    port = servers.free_port()
    demo = ["footfall", "demo", "--port", str(port), "--rate", str(RATE)]
    with servers.process(demo, port, "/healthz", {}) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        url = f"{server.url}/sites/demo"
        work, paint = watch(browser.new_context(viewport=SIZE).new_page(), url)
        calm = browser.new_context(viewport=SIZE, reduced_motion="reduce")
        calm_work, calm_paint = watch(calm.new_page(), url)
        first = [first_numbers(browser, url) for _ in range(NAVIGATIONS)]
        browser.close()
    site = {"events per second": RATE, "rendering": "software: the machine has no GPU"}
    return [
        Figure(
            name="dashboard: first numbers after navigation, cold cache",
            value=statistics.median(first),
            unit="ms",
            bar=700,
            sense="at most",
            details={**site, "navigations ms": [round(each) for each in first]},
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
            value=work,
            unit="ms",
            bar=8,
            sense="at most",
            details={**site, "with reduced motion": round(calm_work, 1)},
        ),
    ]


if __name__ == "__main__":
    record("dashboard", measure())

"""The live page in a real browser: time to first numbers, work per update, time to paint."""

import statistics
import time
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks import servers
from benchmarks.figures import Figure, record
from tests.e2e.browsers import launch

RATE = 200
"""Events per second from the demo's visitors, as on a busy site."""
NAVIGATIONS = 7
WARM_UP_MS = 15_000
WATCH_MS = 30_000
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
LISTEN = (
    PAINTED
    + """
window.updates = 0; window.painted = [];
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => {
      const came = performance.now();
      window.updates += 1;
      oncePainted(() => window.painted.push(performance.now() - came));
    });
  }
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


def watch(browser: Browser, url: str, motion: Any) -> tuple[float, float]:
    """Main-thread milliseconds per update, and the 95th percentile of update to paint (ms)."""
    context = browser.new_context(viewport=SIZE, reduced_motion=motion)
    page = context.new_page()
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
    context.close()
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
        work, paint = watch(browser, url, "no-preference")
        calm_work, calm_paint = watch(browser, url, "reduce")
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
            value=work,
            unit="ms",
            bar=8,
            sense="at most",
            details={**site, "with reduced motion": round(calm_work, 1)},
        ),
    ]


if __name__ == "__main__":
    record("dashboard", measure())

"""The dashboard under stress: untrusted text, lost connections, a flood of events, a long day."""

from typing import Any

from playwright.sync_api import CDPSession, Page, WebSocketRoute, expect

from tests.e2e.dashboard import SECOND, Dashboard
from tests.e2e.processes import Footfall
from tests.e2e.traffic import Traffic

LONG_DAY = """
let version = 0;
let deliver;
window.WebSocket = class {
  constructor() { deliver = (message) => this.onmessage({ data: JSON.stringify(message) });
                  setTimeout(() => send("snapshot")); }
  close() {}
};
const label = (at) => `<b>${(version * 7 + at * 13) % 997}`;
const row = (name, at) => ({ [name]: label(at), visitors: 99 - at });
const rows = (name) => Array.from({ length: 20 }, (_, at) => row(name, at));
function send(type) {
  version += 1;
  const asOf = new Date(1768473000000 + version * 250).toISOString().slice(0, 19) + "Z";
  const event = { id: `e${version}`, type: "pageview", path: `/${version}`, timestamp: asOf };
  const minute = new Date(1768473000000 + version * 6000).toISOString().slice(0, 16);
  const quiet = { campaigns: [], devices: [], browsers: [], operatingSystems: [], events: [] };
  deliver({
    type, position: { epoch: "e", version }, siteId: "shop", asOf, windowSeconds: 300,
    currentVisitors: version, presentVisitors: version % 50, pageViews: version * 2,
    activePages: rows("path"), sources: rows("source"), recentEvents: [event], goals: [],
    locations: [{ country: "DE", visitors: version }, { country: "MT", visitors: version % 9 }],
    perMinute: [{ minute, pageViews: version % 80, visitors: version % 40 }],
    ...(type === "snapshot" ? quiet : {}),
  });
}
window.day = async (updates) => {
  for (let sent = 0; sent < updates; sent += 1) {
    send("update");
    if (sent % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
};
"""
"""Takes the place of the server: ``day(n)`` sends n updates of every changing section."""

EVIL = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"


def test_untrusted_text_is_shown_as_text(dashboard: Dashboard, traffic: Traffic) -> None:
    page = dashboard.page
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    dashboard.open("/sites/shop").shows(0)
    tagged = "https://shop.example/<script>alert(1)</script>?utm_source=%3Cb%3Ex&utm_campaign="
    visitor = {"ip": "203.0.113.9"}
    traffic.send(
        [
            {**visitor, "u": tagged + "%3Csvg%20onload%3Dalert(1)%3E", "t": EVIL},
            {**visitor, "e": "event", "p": {"name": EVIL}},
            {**visitor, "e": "outbound", "p": {"url": "https://evil.example/<script>"}},
            {"r": "https://<b>evil</b>.example/", "t": EVIL},
            {"r": "https://xn--evil.example/<script>", "u": "https://shop.example/%3Cb%3E"},
        ]
    )

    expect(dashboard.row("events", "<img")).to_be_visible()
    expect(dashboard.row("campaigns", "<svg")).to_be_visible()
    expect(page.get_by_test_id("feed").get_by_text(EVIL).first).to_be_attached()
    dashboard.choose("campaigns", "<svg")
    expect(dashboard.chips.first).to_contain_text("<svg onload=alert(1)>")
    page.reload()
    dashboard.shows(1)
    assert page.evaluate("window.pwned") is None
    assert page.locator("main :is(img, script, b)").count() == 0
    assert errors == []


def test_a_restart_and_a_lost_network_do_not_change_the_numbers(
    dashboard: Dashboard, traffic: Traffic, server: Footfall
) -> None:
    network = Network(dashboard.page)
    for path in ("/tea", "/cups", "/tea"):
        traffic.view(path)
    dashboard.open("/sites/shop").shows(3)
    feed = dashboard.feed()
    assert len(feed) == 3

    server.stop()
    dashboard.is_cut_off()
    server.start()
    dashboard.is_live()
    dashboard.shows(3)
    assert dashboard.feed() == feed
    assert dashboard.rows("active-pages") == ["/tea 2", "/cups 1"]

    network.fail()
    dashboard.is_cut_off()
    traffic.view("/pots")
    network.recover()
    dashboard.is_live()
    dashboard.shows(4)
    expect(dashboard.page.get_by_test_id("feed").locator("li")).to_have_count(4)
    assert dashboard.feed()[1:] == feed


def test_a_flood_does_not_freeze_the_page(dashboard: Dashboard, traffic: Traffic) -> None:
    dashboard.open("/sites/shop").shows(0)
    with traffic.flood(per_second=500):
        dashboard.page.get_by_test_id("feed").locator("li").nth(19).wait_for()
        longest = longest_task(dashboard.page, seconds=5)
        assert dashboard.page.get_by_test_id("feed").locator("li").count() <= 20
    assert longest < 0.1


def test_a_long_day_does_not_make_the_page_grow(dashboard: Dashboard, traffic: Traffic) -> None:
    page = dashboard.page
    page.add_init_script(LONG_DAY)
    dashboard.open("/sites/shop").shows(1)
    devtools = page.context.new_cdp_session(page)
    page.evaluate("day(1000)")
    before = size(devtools)
    page.evaluate("day(5000)")
    after = size(devtools)

    assert page.get_by_test_id("current-visitors").inner_text() == "6001"
    assert after["Nodes"] < before["Nodes"] + 250  # a twentieth of a node per update
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 2_000_000


class Network:
    """The connection between one page and the server, which can fail suddenly and completely."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._down = False
        self._open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws*", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self._down:
            socket.close()
            return
        socket.connect_to_server()
        self._open.append(socket)

    def fail(self) -> None:
        self._down = True
        self._page.route("**/api/**", lambda route: route.abort())
        for socket in self._open:
            socket.close()

    def recover(self) -> None:
        self._down = False
        self._page.unroute("**/api/**")


def longest_task(page: Page, seconds: int) -> float:
    """The longest main-thread task, in seconds of processor time: a busy machine must not count."""
    devtools = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    devtools.on("Tracing.dataCollected", lambda chunk: events.extend(chunk["value"]))
    categories = {"includedCategories": ["disabled-by-default-devtools.timeline"]}
    devtools.send("Tracing.start", {"traceConfig": categories, "transferMode": "ReportEvents"})
    page.wait_for_timeout(seconds * SECOND)
    complete: list[bool] = []
    devtools.on("Tracing.tracingComplete", lambda _: complete.append(True))
    devtools.send("Tracing.end")
    while not complete:
        page.wait_for_timeout(50)
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        event.get("tdur", 0) / 1_000_000
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in threads
    ]
    assert tasks
    return max(tasks)


def size(devtools: CDPSession) -> dict[str, float]:
    """The page's metrics after garbage collection, nodes and heap bytes among them."""
    devtools.send("Performance.enable")
    devtools.send("HeapProfiler.collectGarbage")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in metrics}

"""The built tracker in a real browser, on pages of one origin, sending to another."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.browsers import chromium
from tests.e2e.hosts import Pages, Recorder

LINK = '<a id="link" href="/b">b</a>'


@pytest.fixture
def page(new_visitor: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page that must raise no error."""
    page = new_visitor().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


def test_a_page_view_needs_no_preflight_and_no_cookie(
    page: Page, shop: str, stats: str, recorder: Recorder
) -> None:
    page.context.add_cookies([{"name": "id", "value": "7", "url": stats}])

    page.goto(f"{shop}/a?utm_source=mail")

    [view] = recorder.received("pageview")
    assert view["u"] == f"{shop}/a?utm_source=mail"
    assert view["t"] == "/a"
    assert (view["sw"], view["sh"]) == (1280, 720)
    assert recorder.methods == ["POST"]
    assert recorder.headers[0]["content-type"].startswith("text/plain")
    assert "cookie" not in recorder.headers[0]


def test_following_a_link_leaves_one_page_and_views_the_next(
    page: Page, shop: str, pages: Pages, recorder: Recorder
) -> None:
    pages.markup["/a"] = LINK
    page.goto(f"{shop}/a")
    recorder.received("pageview")

    page.click("#link")

    events = recorder.received("pageview", "leave", "pageview")
    first, second = (event for event in events if event["e"] == "pageview")
    [leave] = (event for event in events if event["e"] == "leave")
    assert (second["u"], second["r"]) == (f"{shop}/b", f"{shop}/a")
    assert leave["sid"] == first["sid"] != second["sid"]


def test_navigation_within_the_page_is_a_page_view(
    page: Page, shop: str, recorder: Recorder
) -> None:
    page.goto(f"{shop}/a")

    page.evaluate("history.pushState(null, '', '/b'); document.title = 'B'")
    recorder.received("pageview", "pageview")
    page.evaluate("history.back()")

    a, b, again = recorder.received("pageview", "pageview", "pageview")
    assert [a["u"], b["u"], again["u"]] == [f"{shop}/a", f"{shop}/b", f"{shop}/a"]
    assert (b["t"], b["r"]) == ("B", f"{shop}/a")
    assert a["sid"] == b["sid"] == again["sid"]


def test_custom_events_by_call_by_queue_and_by_attribute(
    page: Page, shop: str, pages: Pages, recorder: Recorder
) -> None:
    pages.markup["/a"] = """
      <script>
        window.footfall =
          window.footfall || function () { (footfall.q = footfall.q || []).push(arguments) };
        footfall("event", "early");
      </script>
      <button data-footfall-event="buy" data-footfall-prop-sku="a-1">Buy</button>"""
    page.goto(f"{shop}/a")
    recorder.received("pageview", "event")

    page.evaluate("footfall('event', 'late', {plan: 'pro', seats: 3})")
    page.click("button")

    events = recorder.received("pageview", "event", "event", "event")
    assert [event["p"] for event in events[1:]] == [
        {"name": "early"},
        {"name": "late", "plan": "pro", "seats": 3},
        {"name": "buy", "sku": "a-1"},
    ]


@pytest.mark.parametrize("button", ["left", "middle"])
def test_an_outbound_click_is_sent_even_if_it_leaves_the_page(
    page: Page, shop: str, stats: str, pages: Pages, recorder: Recorder, button: str
) -> None:
    pages.markup["/a"] = f'<a id="out" href="{stats}/footfall.js?a=1">out</a>'
    page.goto(f"{shop}/a")
    recorder.received("pageview")

    page.click("#out", button=button)  # type: ignore[arg-type]

    left = ["leave"] if button == "left" else []
    events = recorder.received("pageview", "outbound", *left)
    [outbound] = (event for event in events if event["e"] == "outbound")
    assert outbound["p"] == {"url": f"{stats}/footfall.js?a=1"}


def test_hiding_a_tab_ends_its_session_and_showing_it_starts_a_new_one(
    tabs: BrowserContext, shop: str, recorder: Recorder
) -> None:
    first = tabs.pages[0]
    first.goto(f"{shop}/a")
    [view] = recorder.received("pageview")

    second = tabs.new_page()
    second.goto("about:blank")
    events = recorder.received("pageview", "leave")
    assert events[1]["sid"] == view["sid"]

    first.bring_to_front()
    events = recorder.received("pageview", "leave", "ping")
    assert events[2]["u"] == f"{shop}/a"
    assert events[2]["sid"] != view["sid"]


def test_closing_a_tab_sends_a_leave(page: Page, shop: str, recorder: Recorder) -> None:
    page.goto(f"{shop}/a")
    [view] = recorder.received("pageview")

    page.close()

    assert recorder.received("pageview", "leave")[1]["sid"] == view["sid"]


def test_a_page_from_the_back_forward_cache_is_a_new_page_view(
    page: Page, shop: str, pages: Pages, recorder: Recorder
) -> None:
    pages.markup["/a"] = LINK
    page.goto(f"{shop}/a")
    page.evaluate("window.kept = true")
    page.click("#link")
    recorder.received("pageview", "leave", "pageview")

    page.evaluate("history.back()")
    page.wait_for_url("**/a", wait_until="commit")

    assert page.evaluate("window.kept"), "the page was loaded again: the cache was not used"
    events = recorder.received("pageview", "leave", "pageview", "leave", "ping", "pageview")
    views = [event for event in events if event["e"] == "pageview"]
    assert [view["u"] for view in views] == [f"{shop}/a", f"{shop}/b", f"{shop}/a"]
    assert len({view["sid"] for view in views}) == 3


def test_a_prerendered_page_counts_only_once_it_is_shown(
    shop: str, pages: Pages, recorder: Recorder, tmp_path: Path
) -> None:
    """The browser is not automated, since with DevTools attached it does not prerender. The first
    page navigates as soon as the prerendered second one has run its scripts."""
    pages.markup["/a"] = """
      <script type="speculationrules">
        {"prerender": [{"urls": ["/b"], "eagerness": "immediate"}]}
      </script>
      <script>addEventListener("storage", () => { location.href = "/b" })</script>"""
    pages.markup["/b"] = """
      <script>
        document.title = document.prerendering ? "too early" : "not prerendered";
        document.addEventListener("prerenderingchange", () => { document.title = "seen" }, true);
        addEventListener("load", () => localStorage.setItem("ran", "1"));
      </script>"""

    with chromium(tmp_path / "profile", f"{shop}/a"):
        events = recorder.received("pageview", "leave", "pageview")

    views = [event for event in events if event["e"] == "pageview"]
    assert [view["t"] for view in views] == ["/a", "seen"]


def test_an_event_refused_with_503_is_sent_again_with_the_same_id(
    page: Page, shop: str, recorder: Recorder
) -> None:
    recorder.answers = [503]

    page.goto(f"{shop}/a")

    first, again = recorder.received("pageview", "pageview")
    assert again == first


def test_a_policy_that_forbids_reporting_causes_no_errors(
    page: Page, shop: str, stats: str, pages: Pages, recorder: Recorder
) -> None:
    pages.headers["Content-Security-Policy"] = f"connect-src 'none'; script-src {stats}"
    pages.markup["/a"] = LINK

    page.goto(f"{shop}/a")
    page.click("#link")

    page.wait_for_url("**/b")
    assert recorder.events == []


def test_global_privacy_control_is_honoured(page: Page, shop: str, recorder: Recorder) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(f"{shop}/a")

    page.evaluate("footfall('event', 'x')")
    page.goto("about:blank")

    assert recorder.events == []

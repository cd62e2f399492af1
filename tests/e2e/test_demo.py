"""``footfall demo``, as a new user sees it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.processes import Footfall

SEVERAL = re.compile(r"^([5-9]|\d{2,})$")


@pytest.fixture
def demo() -> Iterator[Footfall]:
    demo = Footfall("demo", "--rate", "20", "--seed", "1")
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()


def test_simulated_visitors_appear_on_the_dashboard(
    demo: Footfall, new_visitor: Callable[..., BrowserContext]
) -> None:
    dashboard = new_visitor().new_page()
    dashboard.goto(f"{demo.url}/sites/demo")

    expect(dashboard.get_by_test_id("current-visitors")).to_have_text(SEVERAL, timeout=20_000)
    expect(dashboard.get_by_test_id("active-pages")).to_contain_text("/demo/", timeout=20_000)
    expect(dashboard.get_by_test_id("sources")).to_contain_text("Google", timeout=20_000)


def test_the_first_look_is_never_an_empty_chart(
    demo: Footfall, new_visitor: Callable[..., BrowserContext]
) -> None:
    dashboard = new_visitor().new_page()
    dashboard.goto(f"{demo.url}/sites/demo")
    filled = "[...document.querySelectorAll('.footfall-chart__minute')].every((each) => "
    filled += "parseFloat(each.firstElementChild.style.height) > 0)"
    dashboard.wait_for_function(f"() => {filled}")
    expect(dashboard.locator(".footfall-chart__minute")).to_have_count(30)


def test_using_the_shop_causes_no_browser_errors(
    demo: Footfall, new_visitor: Callable[..., BrowserContext]
) -> None:
    page = new_visitor().new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(f"{demo.url}/demo")
    page.get_by_role("link", name="See all plants").click()
    page.get_by_role("link", name="Calathea").click()
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_text("Basket 1")).to_be_visible()
    page.get_by_role("link", name="Finder").click()
    for answer in ("Start", "Hardly any", "Every day, sadly"):
        page.get_by_role("link", name=answer).click()
    page.get_by_role("button", name="Save my match").click()
    page.go_back()
    expect(page.get_by_role("heading", name="Care")).to_be_visible()
    page.goto(f"{demo.url}/demo/newsletter")
    page.get_by_label("Your address").fill("me@example.org")
    with page.expect_request("**/collect") as request:
        page.get_by_role("button", name="Send me the letter").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    body = request.value.post_data_json
    assert body is not None
    assert body["p"] == {"list": "letter", "name": "signup"}
    assert "me@example.org" not in page.url
    assert errors == []


def test_the_shop_links_to_its_dashboard(
    demo: Footfall, new_visitor: Callable[..., BrowserContext]
) -> None:
    page = new_visitor().new_page()
    page.goto(f"{demo.url}/demo/")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the live dashboard").click()

    expect(opened.value.get_by_test_id("current-visitors")).not_to_have_text("", timeout=20_000)

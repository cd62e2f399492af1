"""The dashboard, as a person uses it."""

from playwright.sync_api import Locator, Page, expect

SECOND = 1_000
"""In milliseconds, the unit of Playwright."""
BACK_WITHIN = 20 * SECOND


class Dashboard:
    """The page of one site, or that of all sites."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, address: str = "/") -> "Dashboard":
        self.page.goto(self.url + address)
        return self

    def sign_in(self, token: str) -> None:
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()

    def shows(self, current: int, within: int = 5 * SECOND) -> None:
        expect(self.page.get_by_test_id("current-visitors")).to_have_text(
            str(current), timeout=within
        )

    def is_live(self, within: int = BACK_WITHIN) -> None:
        expect(self._state).to_have_attribute("data-state", "live", timeout=within)

    def is_cut_off(self) -> None:
        expect(self._state).not_to_have_attribute("data-state", "live", timeout=BACK_WITHIN)

    def rows(self, table: str) -> list[str]:
        """The rows of a list, each as one string."""
        texts = self.page.get_by_test_id(table).get_by_role("listitem").all_inner_texts()
        return [" ".join(text.split()) for text in texts]

    def row(self, table: str, text: str) -> Locator:
        items = self.page.get_by_test_id(table).get_by_role("listitem")
        return items.filter(has_text=text)

    def choose(self, table: str, text: str) -> None:
        self.row(table, text).get_by_role("button").click()

    def feed(self) -> list[str]:
        """The ids of the events in the feed, newest first."""
        rows = self.page.get_by_test_id("feed").locator("li")
        ids: list[str] = rows.evaluate_all("rows => rows.map(row => row.dataset.id)")
        return ids

    @property
    def chips(self) -> Locator:
        return self.page.get_by_test_id("filters").get_by_role("button")

    @property
    def _state(self) -> Locator:
        return self.page.get_by_test_id("connection-state")

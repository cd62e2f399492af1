from html.parser import HTMLParser
from typing import Any

import httpx


async def test_the_page_shows_every_operation_and_loads_nothing(
    client: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    answer = await client.get("/api/docs")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Page(answer.text)
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert {operation["operationId"] for operation in operations} <= page.ids
    assert not page.loads
    assert not page.scripts


class Page(HTMLParser):
    """The ids and scripts of a page, and the addresses that a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loads: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        self.scripts += tag == "script" or any(name.startswith("on") for name in found)
        if "src" in found or tag == "link":
            self.loads.append(found.get("src") or found.get("href", ""))

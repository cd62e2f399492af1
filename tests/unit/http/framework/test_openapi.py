"""The description is true: what it lists is served, and what is served is listed."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from footfall.app import Application
from footfall.http import routes
from tests.serving import PUBLIC

PAGES = {"/", "/sites/{site}", "/api/docs", "/api/openapi.json"}


@pytest.fixture
async def described(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/openapi.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    document: dict[str, Any] = answer.json()
    return document


async def test_every_route_is_described(app: Application, described: dict[str, Any]) -> None:
    served = {
        route.path for route in routes.routes(app.services) if isinstance(route, Route)
    } - PAGES
    listed = set(described["paths"])
    parts = ("/assets/", "/footfall-elements/")
    assert {path for path in served if not path.startswith(parts)} == listed


async def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    schemas = described["components"]["schemas"]
    references = set(re.findall(r"#/components/schemas/([^'\"]+)", str(described)))
    assert references <= set(schemas)
    assert {"RealtimeDocument", "OverviewDocument", "WireEvent", "Goal"} <= set(schemas)


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
    """What a browser would find: ids, scripts, and addresses that it would load by itself."""

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


async def test_a_real_document_is_as_described(
    client: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    answer = await client.get(f"/api/analytics/sites/{PUBLIC}/realtime")
    schema = described["components"]["schemas"]["RealtimeDocument"]
    assert set(answer.json()) == set(schema["properties"]) == set(schema["required"])

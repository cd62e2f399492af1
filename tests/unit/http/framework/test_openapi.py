"""The OpenAPI description lists exactly the routes that are served."""

import re
from typing import Any

import httpx
from starlette.routing import Route

from footfall.app import Application
from footfall.http import routes
from tests.serving import PUBLIC

PAGES = {
    "/",
    "/sites/{site}",
    "/api/docs",
    "/api/openapi.json",
    "/favicon.svg",
    "/icons.svg",
    "/favicon.ico",
}


async def test_every_route_is_described(app: Application, described: dict[str, Any]) -> None:
    served = {
        route.path for route in routes.routes(app.services) if isinstance(route, Route)
    } - PAGES
    listed = set(described["paths"])
    parts = ("/assets/", "/footfall-elements/")
    assert {path for path in served if not path.startswith(parts)} == listed


async def test_every_reference_resolves(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    schemas = described["components"]["schemas"]
    references = set(re.findall(r"#/components/schemas/([^'\"]+)", str(described)))
    assert references <= set(schemas)
    assert {"RealtimeDocument", "OverviewDocument", "WireEvent", "Goal"} <= set(schemas)


async def test_a_real_document_matches_its_schema(
    client: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    answer = await client.get(f"/api/analytics/sites/{PUBLIC}/realtime")
    schema = described["components"]["schemas"]["RealtimeDocument"]
    assert set(answer.json()) == set(schema["properties"]) == set(schema["required"])

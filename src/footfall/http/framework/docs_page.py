"""The API's description: ``/api/openapi.json``, and an HTML page without external resources."""

from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from footfall.http.framework.openapi import document
from footfall.http.framework.operation import JSON, Operation
from footfall.http.framework.plain_page import plain_page

ACCESS = {
    "token": "Authorization: Bearer <token>",
    "query": "?token= with a read token of this one site",
    "session": "the dashboard's session cookie",
}


def routes(operations: Sequence[Operation], version: str) -> list[Route]:
    described = document(operations, version)
    encoded = msgspec.json.encode(described)
    page = plain_page(f"{described['info']['title']} API", render(described))

    async def as_json(_request: object) -> Response:
        return Response(encoded, headers={"access-control-allow-origin": "*"}, media_type=JSON)

    async def as_page(_request: object) -> Response:
        return page

    return [Route("/api/openapi.json", as_json), Route("/api/docs", as_page)]


def render(described: dict[str, Any]) -> str:
    """The content of the page for an OpenAPI document."""
    operations = [
        _operation(path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [_schema(name, schema) for name, schema in described["components"]["schemas"].items()]
    return (
        f"<p>{escape(described['info']['description'])} As a file: "
        '<a href="/api/openapi.json">OpenAPI 3.1</a>.</p>'
        f"<h2>Operations</h2>{''.join(operations)}<h2>Schemas</h2>{''.join(schemas)}"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    rows = [
        (each["name"], each.get("description", "in the path"), _type(each["schema"]))
        for each in operation["parameters"]
    ]
    body = operation.get("requestBody", {"content": {}})["content"]
    rows += [("body", kind, _type(media["schema"])) for kind, media in body.items()]
    rows += [("access", _access(operation["security"]), "")]
    rows += [
        (status, answer["description"], _answer(answer))
        for status, answer in operation["responses"].items()
    ]
    table = "".join(
        f'<tr><th scope="row">{name}</th><td>{text}</td><td>{kind}</td>'
        for name, text, kind in _escaped(rows)
    )
    return (
        f'<article id="{escape(operation["operationId"])}">'
        f"<h3><b>{method.upper()}</b> {escape(path)}</h3>"
        f"<p>{escape(operation['summary'])}</p><table>{table}</table></article>"
    )


def _access(security: list[dict[str, list[str]]]) -> str:
    if security == [{}]:
        return "anyone"
    ways = [ACCESS[name] for each in security for name in each]
    return "; ".join([*ways, *(["anyone, where the site is public"] if {} in security else [])])


def _schema(name: str, schema: dict[str, Any]) -> str:
    text = msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
    return (
        f'<article id="{escape(name)}"><h3>{escape(name)}</h3>'
        f'<pre tabindex="0" role="region" aria-label="{escape(name)}">{escape(text)}</pre>'
        "</article>"
    )


def _answer(answer: dict[str, Any]) -> str:
    return ", ".join(_type(media["schema"]) for media in answer.get("content", {}).values())


def _type(schema: dict[str, Any]) -> str:
    """A schema in a word or two: the component's name, or its JSON type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", ""))


def _escaped(rows: list[tuple[str, str, str]]) -> list[list[str]]:
    return [[escape(cell) for cell in row] for row in rows]

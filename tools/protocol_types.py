"""Generates the browser client's types from the server's schemas (``make types``).

``web/client/src/protocol.generated.ts`` has one type for each schema of the OpenAPI
document, but those of other products, and one for the filters. A test fails if the file is out of
date.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from footfall.http import routes
from footfall.http.framework.openapi import document
from footfall.http.framework.parameters import FILTERS
from footfall.http.resources import dialects

TARGET = Path(__file__).parents[1] / "web" / "client" / "src" / "protocol.generated.ts"
HEAD = "/** Made by `make types` from the server's schemas: change them, not this file. */\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
INDENT = "  "

Schema = dict[str, Any]


def generated() -> str:
    """The whole file."""
    own = [each for each in routes.OPERATIONS if each not in dialects.OPERATIONS]
    described = document(own, version="0")
    schemas: dict[str, Schema] = described["components"]["schemas"]
    parts = [HEAD, *(_interface(name, schemas[name]) for name in sorted(schemas))]
    return "\n".join([*parts, _filter(described)])


def _interface(name: str, schema: Schema) -> str:
    if "enum" in schema:
        return "\n".join([*_comment(schema), f"export type {name} = {_type(schema)};", ""])
    required = schema.get("required", ())
    fields = [
        _field(each, of, optional=each not in required) for each, of in schema["properties"].items()
    ]
    return "\n".join([*_comment(schema), f"export interface {name} {{", *fields, "}", ""])


def _filter(described: Schema) -> str:
    """The filters, from the query parameters of the realtime document."""
    reading = next(
        path["get"]
        for path in described["paths"].values()
        if path.get("get", {}).get("operationId") == "readRealtime"
    )
    parameters = {each["name"]: each for each in reading["parameters"]}
    fields = [
        line
        for name in FILTERS
        for line in (
            *(INDENT + comment for comment in _comment(parameters[name])),
            _field(name, parameters[name]["schema"], optional=True),
        )
    ]
    head = "/** Conditions that must all hold. */"
    return "\n".join([head, "export interface Filter {", *fields, "}", ""])


def _field(name: str, schema: Schema, *, optional: bool) -> str:
    return f"{INDENT}readonly {name}{'?' if optional else ''}: {_type(schema, optional=optional)};"


def _type(schema: Schema, *, optional: bool = False) -> str:
    """An optional field is left out and never null, so its type has no null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if "anyOf" in schema:
        choices = [each for each in schema["anyOf"] if not (optional and _is_null(each))]
        return " | ".join(dict.fromkeys(_type(each) for each in choices))
    if not schema:
        return "unknown"
    if "prefixItems" in schema:
        return f"readonly [{', '.join(map(_type, schema['prefixItems']))}]"
    if schema["type"] == "array":
        item = _type(schema.get("items", {}))
        return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
    if schema["type"] == "object":
        return f"Readonly<Record<string, {_type(schema.get('additionalProperties', {}))}>>"
    return "null" if _is_null(schema) else PLAIN[schema["type"]]


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null"


def _comment(described: Schema) -> Iterator[str]:
    text = re.sub(r"\s+", " ", described.get("description", "")).replace("``", "`").strip()
    if text:
        yield f"/** {text} */"


if __name__ == "__main__":
    TARGET.write_text(generated())

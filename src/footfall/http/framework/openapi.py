"""OpenAPI 3.1, derived from the operations that the router serves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from footfall.http.auth import session_cookie
from footfall.http.errors import ErrorBody
from footfall.http.framework.operation import JSON, Operation, Parameter

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No content",
    400: "Something in the request is wrong; `field` says where",
    401: "No token, or an unknown one",
    403: "The token lacks permission",
    404: "No such site, goal or token",
    409: "The name is taken",
    413: "The body is too large",
    429: "Too many requests from one address",
    501: "This server does not do that; `error` says which does",
    503: "Overloaded, or the store is unavailable: retry after Retry-After",
}
PATH_PARAMETERS = {
    "site": {"type": "string", "pattern": "^[a-z0-9._-]{1,64}$"},
    "goal": {"type": "string", "minLength": 1},
    "token": {"type": "string", "minLength": 1},
    "session": {"type": "string", "minLength": 1},
    "visit": {"type": "string", "minLength": 1},
    "source": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "query": {"type": "apiKey", "in": "query", "name": "token"},
    "session": {"type": "apiKey", "in": "cookie", "name": session_cookie.NAME},
}
_REF = "#/components/schemas/{name}"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI document, with ``operations`` in the given order."""
    schemas, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method.lower()] = _describe(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Footfall",
            "version": version,
            "description": "Real-time web analytics: who is on a site this second.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(paths),
        "components": {"schemas": components, "securitySchemes": SECURITY_SCHEMES},
    }


def _schemas(operations: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Schema by the repr of its type, and the components that the schemas refer to."""
    types = [ErrorBody]
    types += [kind for each in operations for kind in (each.body, each.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    return {repr(kind): schema for kind, schema in zip(types, schemas, strict=True)}, components


def _describe(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *map(_parameter, operation.parameters)],
        "responses": _responses(operation, schemas),
        "security": _security(operation),
    }
    if operation.body is not None:
        content = {"schema": schemas[repr(operation.body)]}
        described["requestBody"] = {
            "required": True,
            "content": dict.fromkeys(operation.takes, content),
        }
    return described


def _responses(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": REASONS[operation.status]}
    if operation.answer is not None:
        good["content"] = {JSON: {"schema": schemas[repr(operation.answer)]}}
    elif operation.status != 204:
        good["content"] = {operation.media: {"schema": {"type": "string"}}}
    refusal = {JSON: {"schema": schemas[repr(ErrorBody)]}}
    bad = {
        str(status): {"description": REASONS[status], "content": refusal}
        for status in sorted(_refusals(operation))
    }
    return {str(operation.status): good, **bad}


def _refusals(operation: Operation) -> set[int]:
    statuses = {401, 403, *operation.refusals}
    if operation.needs != "nothing":
        statuses.add(429)
    if "{" in operation.path:
        statuses.add(404)
    if operation.body is not None:
        statuses |= {400, 413}
    return statuses


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """An empty requirement means that no token is needed (public sites)."""
    if operation.needs == "nothing":
        return [{}]
    if operation.needs in ("admin", "any admin"):
        return [{"token": []}, {"session": []}]
    return [{}, {"token": []}, {"query": []}, {"session": []}]


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": PATH_PARAMETERS[name]}
        for name in _PLACEHOLDER.findall(operation.path)
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "schema": parameter.schema,
    }

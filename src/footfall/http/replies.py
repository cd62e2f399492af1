"""The two answers most handlers give."""

from typing import Any

import msgspec
from starlette.responses import Response

JSON = "application/json"


def json_reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, media_type=JSON)


def no_content() -> Response:
    return Response(None, 204)

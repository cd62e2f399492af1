"""The function behind API Gateway's HTTP API."""

from typing import Any

from footfall.serverless.container import container


def handler(event: Any, context: Any) -> dict[str, Any]:
    """``event`` as API Gateway sends it, payload version 2.0 or 1.0."""
    return container().http(event, context)

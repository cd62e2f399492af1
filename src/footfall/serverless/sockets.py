"""The function behind API Gateway's WebSocket API."""

from typing import Any

from footfall.serverless.container import container

OK = {"statusCode": 200}


def handler(event: Any, _context: Any) -> dict[str, Any]:
    """``$connect`` lets everyone in: who may read what is asked when they subscribe."""
    container().run(_hear(event))
    return OK


async def _hear(event: Any) -> None:
    parts = container().parts
    about = event["requestContext"]
    connection = about["connectionId"]
    if about["routeKey"] == "$connect":
        return
    if about["routeKey"] == "$disconnect":
        await parts.subscriptions.leave(connection)
        return
    await parts.refresh()
    await parts.subscriptions.hear(connection, event.get("body") or "")

"""The function behind API Gateway's WebSocket API."""

from typing import Any

from footfall.serverless.container import container

OK = {"statusCode": 200}


def handler(event: Any, _context: Any) -> dict[str, Any]:
    """``$connect`` accepts everyone: permissions are checked on subscribe."""
    container().run(_handle(event))
    return OK


async def _handle(event: Any) -> None:
    components = container().components
    about = event["requestContext"]
    connection = about["connectionId"]
    if about["routeKey"] == "$connect":
        return
    if about["routeKey"] == "$disconnect":
        await components.subscriptions.leave(connection)
        return
    await components.refresh()
    await components.subscriptions.handle(connection, event.get("body") or "")

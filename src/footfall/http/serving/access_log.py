"""One line per request: method, path, status, milliseconds. No address, no query string."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = structlog.get_logger("footfall.access")


class AccessLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            log_request(scope["method"], scope["path"], status, began)


def log_request(method: str, path: str, status: int, began: float) -> None:
    """``began`` is in the time of ``perf_counter``."""
    took = round((time.perf_counter() - began) * 1000, 1)
    logger.info("request", method=method, path=path, status=status, ms=took)

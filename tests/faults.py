"""A proxy in front of the emulator that fails as DynamoDB may fail."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeAlias

from aiohttp import ClientSession, web

BATCH_WRITE = "BatchWriteItem"
HOST = "127.0.0.1"


class Fault(Enum):
    THROTTLED = "refused, nothing processed"
    LOST_ANSWER = "processed, but the connection breaks before the answer"
    UNPROCESSED = "half of the batch processed"
    SERVER_ERROR = "refused with 500, nothing processed"


Chooser: TypeAlias = Callable[[str], Fault | None]
"""From the name of an operation to the fault of this request, if any."""


class FaultyDynamoDb:
    """Listens on a loopback port, which stays the same over ``down`` and ``up``."""

    def __init__(self, endpoint: str, choose: Chooser) -> None:
        self.choose = choose
        self.injected: Counter[Fault] = Counter()
        self._endpoint = endpoint
        self._port = 0
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    async def up(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/", self._answer)
        self._session = ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Connections are refused from now on."""
        if self._runner is not None and self._session is not None:
            await self._runner.cleanup()
            await self._session.close()
            self._runner = self._session = None

    def freeze(self) -> None:
        """Take requests and answer none, until ``thaw``."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        fault = self.choose(operation)
        body = await request.read()
        await self._thawed.wait()
        if fault is Fault.UNPROCESSED and operation != BATCH_WRITE:
            fault = Fault.THROTTLED
        if fault is None:
            return await self._forward(request, body)
        self.injected[fault] += 1
        if fault is Fault.THROTTLED:
            return _refusal(400, "ProvisionedThroughputExceededException")
        if fault is Fault.SERVER_ERROR:
            return _refusal(500, "InternalServerError")
        if fault is Fault.UNPROCESSED:
            return await self._process_half(request, json.loads(body))
        await self._forward(request, body)
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def _process_half(self, request: web.Request, batch: Any) -> web.Response:
        ((table, requests),) = batch["RequestItems"].items()
        middle = len(requests) // 2
        if middle:
            batch["RequestItems"] = {table: requests[:middle]}
            await self._forward(request, json.dumps(batch).encode())
        left = {"UnprocessedItems": {table: requests[middle:]}}
        return web.json_response(left, content_type="application/x-amz-json-1.0")

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        names = ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        async with self._session.post(self._endpoint, data=body, headers=headers) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                headers={"Content-Type": answer.headers["Content-Type"]},
            )


def _refusal(status: int, code: str) -> web.Response:
    text = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "try again"}
    return web.json_response(text, status=status, content_type="application/x-amz-json-1.0")

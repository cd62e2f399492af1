"""JSON that is sent as fast as its reader takes it; until then it counts as being sent."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from footfall.history.answers import Answers
from footfall.principal import Principal

CHUNK_BYTES = 1 << 16


class PacedReply(Response):
    def __init__(self, body: bytes, answers: Answers, caller: Principal) -> None:
        super().__init__(body, media_type="application/json")
        self._sending = answers.sending(caller, len(body))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        body = bytes(self.body)
        with self._sending:
            await send({"type": "http.response.start", **start})
            for begin in range(0, len(body), CHUNK_BYTES):
                chunk = body[begin : begin + CHUNK_BYTES]
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

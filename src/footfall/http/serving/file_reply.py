"""An open file as an answer; it is closed whatever happens."""

import asyncio
import os
from typing import BinaryIO

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 1 << 18


class FileReply(Response):
    def __init__(self, file: BinaryIO, media_type: str, name: str) -> None:
        """``name`` is what browsers call the file."""
        size = os.fstat(file.fileno()).st_size
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(size),
        }
        self._file = file
        super().__init__(None, headers=headers, media_type=media_type)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        with self._file as file:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

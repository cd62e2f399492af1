"""``POST /collect`` answered by its connection: no ASGI scope, task or future for each request.

This is the common case only: a small body of known length. Whatever is more, or waits for another
request of its connection or for a slow reader, takes the ordinary way.
"""

import asyncio
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from footfall.collect.address import HeaderFields
from footfall.http.resources.collect import CollectEndpoint, accepted
from footfall.http.serving.access_log import log_request
from footfall.ingest import Taken

MAX_BYTES = 16_384
"""Of a body. It has few events, so others need not wait for their turn."""
MAX_DIGITS = 5
NO_CONTENT = 204


class DirectCollect:
    """What the requests of all connections share."""

    def __init__(
        self, endpoint: CollectEndpoint, paths: Iterable[str], *, has_access_log: bool
    ) -> None:
        self.endpoint = endpoint
        self.has_access_log = has_access_log
        self.urls = frozenset(path.encode() for path in paths)
        self._max_bytes = min(MAX_BYTES, endpoint.limits.anyone)
        self._default_headers: HeaderFields = ()
        self._no_content = b""

    def takes(self, method: bytes, headers: HeaderFields) -> bool:
        """Whether a request to one of the ``urls`` is common enough."""
        if method != b"POST":
            return False
        for name, value in headers:
            if name == b"content-length":
                return len(value) <= MAX_DIGITS and int(value) <= self._max_bytes
        return False

    def no_content(self, default_headers: HeaderFields) -> bytes:
        """The usual answer, up to its last header. Uvicorn makes new default headers every second,
        as they have the date."""
        if default_headers is not self._default_headers:
            self._default_headers = default_headers
            self._no_content = head(NO_CONTENT, default_headers, accepted({}))
        return self._no_content


class CollectCycle:
    """Takes the place of uvicorn's cycle of one request and its response in a connection."""

    __slots__ = (
        "_began",
        "_connection",
        "_direct",
        "_headers",
        "_taken",
        "_url",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "response_started",
        "scope",
    )

    message_event: ClassVar = asyncio.Event()
    """Set by uvicorn when more has arrived. Nobody waits for it."""

    def __init__(self, direct: DirectCollect, connection: HttpToolsProtocol) -> None:
        """``connection`` has read the request's head."""
        self.scope = connection.scope
        self.body = b""
        self.more_body = True
        self.keep_alive = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self._direct = direct
        self._connection = connection
        self._headers = connection.headers
        self._url = connection.url
        self._taken = Taken()
        self._began = time.perf_counter() if direct.has_access_log else 0.0

    def complete(self) -> None:
        """The body is complete: take its events, and answer when they are committed."""
        self.more_body = False
        endpoint, client = self._direct.endpoint, self._connection.client
        try:
            caller = endpoint.callers.read(self._headers, client[0] if client else None)
            self._taken = endpoint.ingest.submit(self.body, caller, self._committed)
        except Exception as error:
            self._refuse(error)
            return
        if not self._taken.events:
            self._accept()

    def _committed(self, error: BaseException | None) -> None:
        if error is None:
            self._accept()
        else:
            self._refuse(error)

    def _accept(self) -> None:
        dropped = self._direct.endpoint.ingest.committed(self._taken)
        default_headers = self._connection.server_state.default_headers
        if dropped:
            answer = head(NO_CONTENT, default_headers, accepted(dropped))
        else:
            answer = self._direct.no_content(default_headers)
        self._answer(NO_CONTENT, answer)

    def _refuse(self, error: BaseException) -> None:
        response = self._direct.endpoint.refusal(error, self._path)
        default_headers = self._connection.server_state.default_headers
        answer = head(response.status_code, default_headers, response.raw_headers)
        self._answer(response.status_code, answer, bytes(response.body))

    def _answer(self, status: int, answer: bytes, body: bytes = b"") -> None:
        if self._direct.has_access_log:
            log_request("POST", self._path, status, self._began)
        if self.disconnected:
            return
        self.response_started = self.response_complete = True
        transport = self._connection.transport
        if self.keep_alive:
            transport.write(b"%b\r\n%b" % (answer, body))
        else:
            transport.write(b"%bconnection: close\r\n\r\n%b" % (answer, body))
            transport.close()
        self._connection.on_response_complete()

    @property
    def _path(self) -> str:
        return self._url.decode()


def head(status: int, *fields: HeaderFields) -> bytes:
    """Without the empty line at its end."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()]
    lines += [b"%b: %b\r\n" % field for each in fields for field in each]
    return b"".join(lines)

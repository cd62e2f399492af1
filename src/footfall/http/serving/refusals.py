"""Answers that are written before, or instead of, a request: there is no ASGI scope for them."""

from http import HTTPStatus

import msgspec

from footfall.http.errors import ErrorBody


class Refusal(msgspec.Struct, frozen=True):
    """Why a connection is closed. ``reason`` is the counter's label."""

    reason: str
    status: HTTPStatus
    message: str

    def response(self) -> bytes:
        body = msgspec.json.encode(ErrorBody(error=self.message))
        retry = b"retry-after: 1\r\n" if self.status == HTTPStatus.TOO_MANY_REQUESTS else b""
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            "content-type: application/json\r\ncache-control: no-store\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n"
        )
        return head.encode() + retry + b"\r\n" + body


MALFORMED = Refusal(
    "malformed", HTTPStatus.BAD_REQUEST, "this is not HTTP/1.1: send a valid request"
)
HEAD_TOO_LARGE = Refusal(
    "head",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "the request line and headers are too large or too many: send fewer, or smaller cookies",
)
SLOW_HEAD = Refusal(
    "slow_head",
    HTTPStatus.REQUEST_TIMEOUT,
    "the request's headers took too long: send them at once",
)
SLOW_BODY = Refusal(
    "slow_body", HTTPStatus.REQUEST_TIMEOUT, "the request's body took too long: send it faster"
)
TOO_MANY = Refusal(
    "address",
    HTTPStatus.TOO_MANY_REQUESTS,
    "too many connections from your address, or in all: close some, then try again",
)

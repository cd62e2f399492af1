"""The error for each refusal of a server, and whether to try again."""

import msgspec

from footfall.errors import (
    AlreadyExists,
    FootfallError,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotServed,
    Overloaded,
    RateLimited,
)


class Unreachable(FootfallError):
    """Nothing answered, or the answer is not from a Footfall server. Trying again may help."""


FINAL = (InvalidInput, NotAllowed, NotFound, AlreadyExists, NotServed)
"""Errors after which trying again does not help."""

BY_STATUS: dict[int, type[FootfallError]] = {
    400: InvalidInput,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: AlreadyExists,
    429: RateLimited,
    501: NotServed,
    503: Overloaded,
}
BY_CLOSE_CODE: dict[int, type[FootfallError]] = {
    4400: InvalidInput,
    4401: NotAllowed,
    4404: NotFound,
    1013: Overloaded,
}


class _ErrorBody(msgspec.Struct):
    error: str


def refusal(status: int, body: bytes) -> FootfallError:
    """The error for an HTTP answer."""
    try:
        reason = msgspec.json.decode(body, type=_ErrorBody).error
    except msgspec.MsgspecError:
        reason = f"the server answered {status}: try again later"
    return BY_STATUS.get(status, Unreachable)(reason)


def closure(code: int | None, reason: str) -> FootfallError:
    """The error for a closed WebSocket."""
    message = reason or f"the connection was closed ({code}): try again"
    return BY_CLOSE_CODE.get(code or 0, Unreachable)(message)

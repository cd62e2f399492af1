"""What a server's refusal means to a reader: an error, and whether to come back."""

import msgspec

from footfall.errors import (
    FootfallError,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Overloaded,
    RateLimited,
)


class Unreachable(FootfallError):
    """Nothing answered, or what did was no Footfall server. It may be back later."""


FOR_GOOD = (InvalidInput, NotAllowed, NotFound)
"""Asking again would not help."""

BY_STATUS: dict[int, type[FootfallError]] = {
    400: InvalidInput,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    429: RateLimited,
    503: Overloaded,
}
BY_CLOSE_CODE: dict[int, type[FootfallError]] = {
    4400: InvalidInput,
    4401: NotAllowed,
    4404: NotFound,
    1013: Overloaded,
}


class _Told(msgspec.Struct):
    error: str


def refusal(status: int, body: bytes) -> FootfallError:
    """The error that an HTTP answer stands for."""
    try:
        reason = msgspec.json.decode(body, type=_Told).error
    except msgspec.MsgspecError:
        reason = f"the server answered {status}: try again later"
    return BY_STATUS.get(status, Unreachable)(reason)


def closure(code: int | None, reason: str) -> FootfallError:
    """The error that the close of a WebSocket stands for."""
    told = reason or f"the connection was closed ({code}): come back"
    return BY_CLOSE_CODE.get(code or 0, Unreachable)(told)

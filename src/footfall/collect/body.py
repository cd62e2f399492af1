"""Splits a request's body into the JSON texts of its events.

The content decides the format, not ``Content-Type``: browsers can send only ``text/plain`` without
a preflight request.
"""

from collections.abc import Sequence

import msgspec

from footfall.errors import InvalidInput

HINT = "send a JSON object, an array of them, or one per line (NDJSON)"
NUL = b"\\u0000"
"""The only way to write NUL in JSON."""

_texts = msgspec.json.Decoder(list[msgspec.Raw])
_any_json = msgspec.json.Decoder(msgspec.Raw)


class Body(msgspec.Struct, frozen=True):
    texts: Sequence[bytes | msgspec.Raw]
    may_have_nul: bool
    """NUL is written somewhere in the body."""
    single: bool = False
    """The body is one object, not a list, so error fields have no index."""


def split(body: bytes) -> Body:
    """Split a body, skipping blank lines of NDJSON; does not decode the events. Raises
    InvalidInput."""
    may_have_nul = NUL in body
    if body[:1] == b"{" and b"\n" not in body:
        return Body((body,), may_have_nul, single=True)
    body = body.strip()
    if body[:1] == b"[":
        return Body(_array(body), may_have_nul)
    if b"\n" in body and _is_json(body[: body.index(b"\n")]):
        return Body([line for line in body.split(b"\n") if line.strip()], may_have_nul)
    if not body:
        raise InvalidInput(f"the body is empty: {HINT}")
    return Body((body,), may_have_nul, single=True)


def _array(body: bytes) -> list[msgspec.Raw]:
    try:
        return _texts.decode(body)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"the body is not JSON: {error}: {HINT}") from None
    except RecursionError:
        raise InvalidInput(f"the body is nested too deeply: {HINT}") from None


def _is_json(text: bytes) -> bool:
    """False for the first line of an object that spans several lines."""
    try:
        _any_json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True

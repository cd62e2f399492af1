"""One event in our wire form, and the validation that every way in ends in: ``decode`` for JSON,
``checked`` for an event that was made from another product's form."""

import sys
from typing import Annotated, TypeAlias, get_args

import msgspec
from msgspec import Meta

from footfall.decoding import explain
from footfall.errors import InvalidInput
from footfall.model import EventType, Scalar

MAX_URL = 8192
MAX_TITLE = 2048
MAX_SCREEN = 100_000
MAX_PROPS = 64
MAX_TEXT = 2048
MAX_INTEGER = (1 << 63) - 1
"""Integers have 64 bits, signed: no store and no archive takes longer ones."""
MAX_FLOAT = sys.float_info.max

Short: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Url: TypeAlias = Annotated[str, Meta(max_length=MAX_URL)]
Pixels: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_SCREEN)]
Text: TypeAlias = Annotated[str, Meta(max_length=MAX_TEXT)]
Integer: TypeAlias = Annotated[int, Meta(ge=-MAX_INTEGER - 1, le=MAX_INTEGER)]
Float: TypeAlias = Annotated[float, Meta(ge=-MAX_FLOAT, le=MAX_FLOAT)]
"""Neither infinite nor NaN."""
Props: TypeAlias = Annotated[
    dict[Short, Text | Integer | Float | bool | None], Meta(max_length=MAX_PROPS)
]


class WireEvent(
    msgspec.Struct,
    frozen=True,
    gc=False,
    rename={
        "site": "s",
        "type": "e",
        "url": "u",
        "referrer": "r",
        "title": "t",
        "screen_width": "sw",
        "screen_height": "sh",
        "props": "p",
        "event_name": "en",
        "event_value": "ev",
    },
):
    """The fields of one event in a request to /collect; unknown fields are ignored."""

    site: Short
    type: EventType
    url: Url
    sid: Short | None = None
    referrer: Url | None = None
    title: Annotated[str, Meta(max_length=MAX_TITLE)] | None = None
    screen_width: Pixels | None = None
    screen_height: Pixels | None = None
    props: Props | None = None
    event_name: Text | None = None
    """The same as ``p.name``, and ``event_value`` as ``p.value``, which win."""
    event_value: Text | Integer | Float | bool | None = None
    id: Short | None = None
    ts: int | None = None
    ip: Short | None = None
    ua: Text | None = None


class OtherEvent(msgspec.Struct, frozen=True, rename={"site": "s", "type": "e"}):
    """An event of a type that Footfall has no use for; nothing else of it is looked at."""

    site: Short
    type: Short


_decoder = msgspec.json.Decoder(WireEvent)
_any_type = msgspec.json.Decoder(OtherEvent)
TYPES: tuple[str, ...] = get_args(EventType)
_MISSING = "Object missing required field `"


def decode(text: bytes | msgspec.Raw, may_have_nul: bool = True) -> WireEvent | OtherEvent:
    """Decode one event. ``may_have_nul`` is False where the text is known to have no NUL. Raises
    InvalidInput with the field that is wrong."""
    try:
        event = _decoder.decode(text)
    except msgspec.ValidationError as error:
        other = _of_another_type(text)
        if other is None:
            raise _not_valid(error) from None
        return _without_nul(other) if may_have_nul else other
    except UnicodeDecodeError:
        raise InvalidInput("the text is not UTF-8: encode it as UTF-8") from None
    except msgspec.DecodeError as error:
        raise InvalidInput(f"this is not JSON: {error}") from None
    except RecursionError:
        raise InvalidInput("this is nested too deeply: send flat objects") from None
    return _without_nul(event) if may_have_nul else event


def checked(event: WireEvent | OtherEvent) -> WireEvent | OtherEvent:
    """The same for an event that was made, not decoded: ``event`` itself, or InvalidInput."""
    try:
        msgspec.convert(msgspec.to_builtins(event), type(event))
    except msgspec.ValidationError as error:
        raise _not_valid(error) from None
    return _without_nul(event)


def _of_another_type(text: bytes | msgspec.Raw) -> OtherEvent | None:
    try:
        found = _any_type.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if found.type in TYPES else found


def _without_nul(event: WireEvent | OtherEvent) -> WireEvent | OtherEvent:
    """``event`` itself. Raises InvalidInput if any text contains NUL: some stores end strings at
    it."""
    for name, key in zip(event.__struct_fields__, event.__struct_encode_fields__, strict=True):
        if _has_nul(getattr(event, name)):
            raise InvalidInput("text must not contain a NUL character: remove it", key)
    return event


def _has_nul(value: Scalar | dict[str, Scalar]) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, str) and "\0" in value


def _not_valid(error: msgspec.ValidationError) -> InvalidInput:
    what, field = explain(error)
    if what.startswith(_MISSING):
        field = what.removeprefix(_MISSING).removesuffix("`")
        return InvalidInput(f"the event has no {field}: add it", field)
    subject = field or "the event"
    return InvalidInput(f"{subject} is not valid: {what[:1].lower()}{what[1:]}", field)

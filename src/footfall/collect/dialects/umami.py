"""``POST /api/send``, as Umami's script and its API have it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from footfall.collect.dialects.decoding import decoded
from footfall.collect.wire import (
    MAX_PROPS,
    MAX_TEXT,
    MAX_TITLE,
    OtherEvent,
    Short,
    Url,
    WireEvent,
)
from footfall.model import Scalar

EVENT = "event"
MAX_HOST = 253
MAX_KEY = 64
_PIXELS = re.compile(r"[0-9]{1,5}")


class UmamiPayload(msgspec.Struct, frozen=True):
    """``url`` and ``referrer`` are absolute, or paths of ``hostname``."""

    website: Short
    url: Url = "/"
    hostname: Annotated[str, Meta(max_length=MAX_HOST)] = "localhost"
    referrer: Url = ""
    title: str = ""
    name: str = ""
    screen: str = ""
    data: dict[str, Any] = {}


class UmamiBody(msgspec.Struct, frozen=True):
    type: Short
    payload: UmamiPayload


_decoder = msgspec.json.Decoder(UmamiBody)


def read(body: bytes) -> Iterable[WireEvent | OtherEvent]:
    found = decoded(_decoder, body)
    payload = found.payload
    if found.type != EVENT:
        return [OtherEvent(payload.website, found.type)]
    width, _, height = payload.screen.partition("x")
    props = dict(islice(_flat(payload.data), MAX_PROPS - 1))
    return [
        WireEvent(
            site=payload.website,
            type="event" if payload.name else "pageview",
            url=_absolute(payload.url, payload.hostname),
            referrer=_absolute(payload.referrer, payload.hostname) or None,
            title=payload.title[:MAX_TITLE] or None,
            screen_width=_pixels(width),
            screen_height=_pixels(height),
            props={**props, "name": payload.name} if payload.name else props or None,
        )
    ]


def _absolute(url: str, host: str) -> str:
    return f"https://{host}{url}" if url.startswith("/") else url


def _pixels(text: str) -> int | None:
    """None for what is no number that a screen may have."""
    return int(text) if _PIXELS.fullmatch(text) else None


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, Scalar]]:
    """``{"a": {"b": 1}}`` as ``a.b``, as Umami shows it; lists as JSON. Names and texts are cut."""
    levels = [("", iter(data.items()))]
    while levels:
        prefix, items = levels[-1]
        for key, value in items:
            name = (prefix + key)[:MAX_KEY]
            if isinstance(value, dict):
                levels.append((name[: MAX_KEY - 1] + ".", iter(value.items())))
                break
            if isinstance(value, list):
                yield name, msgspec.json.encode(value).decode()[:MAX_TEXT]
            else:
                yield name, value[:MAX_TEXT] if isinstance(value, str) else value
        else:
            levels.pop()

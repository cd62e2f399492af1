"""The query string of a reading request → ViewQuery, position.

Unknown and repeated parameters are refused: a misspelt filter that is silently ignored shows
the wrong numbers.
"""

import re
from collections.abc import Iterable

import msgspec

from footfall.errors import InvalidInput
from footfall.model import Position
from footfall.window.limits import LONGEST_FEED
from footfall.window.query import Filter, ViewQuery

FILTERS = tuple(field.name for field in msgspec.structs.fields(Filter))
MAX_LIMIT = LONGEST_FEED
MAX_VALUE = 2048
"""Characters of one filter value."""

_READ = frozenset({"minutes", "limit", "token", *FILTERS})
LIVE_ONLY = frozenset({"position"})
_DIGITS = re.compile(r"[0-9]{1,9}")
_POSITION = re.compile(r"([A-Za-z0-9_.-]{1,64}):([0-9]{1,18})")


def view_query(
    site: str, items: Iterable[tuple[str, str]], retention_minutes: int, *, live: bool = False
) -> ViewQuery:
    """The view that ``items`` (decoded name-value pairs) ask for. Raises InvalidInput."""
    values = parameters(items, _READ | LIVE_ONLY if live else _READ)
    return ViewQuery(
        site=site,
        minutes=_number(values, "minutes", 5, retention_minutes),
        filter=Filter(**{name: _label(values, name) for name in FILTERS if name in values}),
        limit=_number(values, "limit", 20, MAX_LIMIT),
    )


def parameters(items: Iterable[tuple[str, str]], known: Iterable[str]) -> dict[str, str]:
    """``items`` as a dict. Raises InvalidInput for an unknown or a repeated name."""
    values: dict[str, str] = {}
    for name, value in items:
        if name not in known:
            names = ", ".join(sorted(known))
            raise InvalidInput(
                f"unknown parameter {name[:80]!r}: this address knows {names}", field=name[:80]
            )
        if name in values:
            raise InvalidInput(f"{name} is given twice: give it once", field=name)
        values[name] = value
    return values


def position(text: str | None) -> Position | None:
    """``epoch:version`` as a client got it in its last message. Raises InvalidInput."""
    if text is None:
        return None
    match = _POSITION.fullmatch(text)
    if match is None:
        raise InvalidInput(
            "position must be epoch:version as in a message's position: "
            "leave it out to get a snapshot",
            field="position",
        )
    return Position(epoch=match[1], version=int(match[2]))


def last_event_id(text: str | None) -> Position | None:
    """The same from ``Last-Event-ID``, which the browser sends by itself: a foreign one is no
    error, its reader gets a snapshot."""
    match = _POSITION.fullmatch(text or "")
    return Position(epoch=match[1], version=int(match[2])) if match else None


def _number(values: dict[str, str], name: str, default: int, most: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= most:
        raise InvalidInput(f"{name} must be a whole number from 1 to {most}", field=name)
    return int(text)


def _label(values: dict[str, str], name: str) -> str:
    text = values[name]
    if not 1 <= len(text) <= MAX_VALUE:
        raise InvalidInput(
            f"{name} must have 1 to {MAX_VALUE} characters: leave it out for no filter", field=name
        )
    return text

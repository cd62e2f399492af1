"""Messages, encoded once and shared by every subscriber at the same position."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from footfall.model import Position

Fields: TypeAlias = Iterable[tuple[str, bytes]]
"""Keys of a JSON object and their values, already encoded."""


class Message(NamedTuple):
    text: str
    """A JSON object: ``{"type": "snapshot" | "update" | "tick", "position": …, "asOf": …, …}``."""
    position: Position


def message(kind: str, position: Position, fields: Fields) -> Message:
    place = b'{"epoch":"%s","version":%d}' % (position.epoch.encode(), position.version)
    head = (("type", b'"%s"' % kind.encode()), ("position", place))
    return Message(json_object((*head, *fields)).decode(), position)


def json_object(fields: Fields) -> bytes:
    return b"{%s}" % b",".join(b'"%s":%s' % (key.encode(), value) for key, value in fields)


def json_array(items: Iterable[bytes]) -> bytes:
    return b"[%s]" % b",".join(items)

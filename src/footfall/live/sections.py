"""Sections: the versioned parts of a document."""

from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from footfall.live.message import json_array
from footfall.window.feed import FeedEntry
from footfall.window.reader import feed_row, minute_row

_encode = msgspec.json.Encoder().encode

K = TypeVar("K")
V = TypeVar("V")


class Section(Generic[V]):
    """A value that is sent in full when it changes. ``value`` is set by the first update."""

    __slots__ = ("json", "value", "version")

    def __init__(self) -> None:
        self.value: V
        self.json = b""
        self.version = 0

    def update(self, value: V, version: int) -> bool:
        """Set the value; returns whether it changed."""
        json = _encode(value)
        if json == self.json:
            return False
        self.value, self.json, self.version = value, json, version
        return True


class RowSection(Generic[K]):
    """Rows of which only changed ones are sent: each with its version and its JSON."""

    def __init__(self) -> None:
        self._rows: dict[K, tuple[int, bytes]] = {}

    def since(self, version: int) -> list[bytes]:
        return [json for changed, json in self._rows.values() if changed > version]

    def all(self) -> bytes:
        return json_array(json for _, json in self._rows.values())


class MinuteSection(RowSection[tuple[int, int, int]]):
    """Rows by minute; a row whose numbers change counts as a new row."""

    def update(self, rows: Iterable[tuple[int, int, int]], version: int) -> bool:
        known = self._rows
        self._rows = {row: known.get(row) or (version, _encode(minute_row(row))) for row in rows}
        return not self._rows.keys() <= known.keys()


class FeedSection(RowSection[str]):
    """Rows newest first; new rows are sent alone, to be put before the old ones.

    ``reset`` is the version at which a late event was inserted further down, so that the full list
    must be sent.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reset = 0
        self._entries: list[FeedEntry] = []

    def update(self, entries: list[FeedEntry], version: int) -> bool:
        if entries == self._entries:
            return False
        known = self._rows
        fresh = [entry[1] not in known for entry in entries]
        self._rows = {
            entry[1]: known.get(entry[1]) or (version, _encode(feed_row(entry)))
            for entry in entries
        }
        self._entries = entries
        if True in fresh[sum(fresh) :]:
            self.reset = version
        return any(fresh)

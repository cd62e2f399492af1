"""How live messages change a document, and when to reconnect. Does no I/O."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from footfall.client.config import ClientConfig
from footfall.client.refusals import FINAL, Unreachable
from footfall.documents import MinuteRow, RealtimeDocument, RecentEvent
from footfall.errors import FootfallError
from footfall.model import Position

FIRST_WAIT = 0.5
GROWTH = 1.5
LONGEST_WAIT = 15.0
"""Seconds."""


class _Envelope(msgspec.Struct):
    type: str
    position: Position
    feed_reset: bool = msgspec.field(default=False, name="feedReset")


_Changes: Any = msgspec.defstruct(
    "_Changes",
    [
        (each.name, each.type | UnsetType, UNSET)
        for each in msgspec.structs.fields(RealtimeDocument)
    ],
    rename="camel",
)
"""The document with every key optional, as updates and ticks carry it."""

_envelope = msgspec.json.Decoder(_Envelope).decode
_snapshot = msgspec.json.Decoder(RealtimeDocument).decode
_changes = msgspec.json.Decoder(_Changes).decode


class Follower:
    """The document after each message, and how to reconnect after a lost connection."""

    def __init__(self, config: ClientConfig) -> None:
        self._config = config
        self._document: RealtimeDocument | None = None
        self._position: Position | None = None
        self._attempt = 0

    @property
    def url(self) -> str:
        """The URL of the live channel; it resumes from the last position."""
        return self._config.socket_url(self._position)

    def apply(self, text: str | bytes) -> RealtimeDocument:
        """The document after this message. Raises Unreachable if it can't be applied."""
        try:
            self._document = self._after(text)
        except (msgspec.MsgspecError, ValueError) as error:
            self._position = None
            raise Unreachable(f"this client can't read the server's message: {error}") from error
        self._attempt = 0
        return self._document

    def connection_lost(self, error: FootfallError) -> float:
        """Seconds to wait before reconnecting. Raises ``error`` if it is a final refusal."""
        if isinstance(error, FINAL):
            raise error
        ceiling = min(LONGEST_WAIT, FIRST_WAIT * GROWTH**self._attempt)
        self._attempt += 1
        return ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret

    def _after(self, text: str | bytes) -> RealtimeDocument:
        envelope = _envelope(text)
        if envelope.type == "snapshot":
            document = _snapshot(text)
        elif self._document is None:
            raise ValueError(f"a {envelope.type} before any snapshot")
        else:
            document = self._changed(self._document, text, envelope.feed_reset)
        self._position = envelope.position
        return document

    def _changed(self, held: RealtimeDocument, text: str | bytes, reset: bool) -> RealtimeDocument:
        told = msgspec.structs.asdict(_changes(text))
        changes = {name: value for name, value in told.items() if value is not UNSET}
        feed: list[RecentEvent] = changes.pop("recent_events", [])
        if not reset:
            fresh = {row.id for row in feed}
            feed = [*feed, *(row for row in held.recent_events if row.id not in fresh)]
        changed: list[MinuteRow] = changes.pop("per_minute", [])
        document = msgspec.structs.replace(
            held, **changes, per_minute=_merged(held.per_minute, changed)
        )
        oldest = datetime.fromisoformat(document.as_of) - timedelta(seconds=document.window_seconds)
        kept = [row for row in feed if datetime.fromisoformat(row.timestamp) > oldest]
        return msgspec.structs.replace(document, recent_events=kept[: self._config.feed_limit])


def _merged(held: list[MinuteRow], changed: Iterable[MinuteRow]) -> list[MinuteRow]:
    """Rows of ``changed`` replace those of the same minute; the newest ``len(held)`` are kept."""
    rows = {row.minute: row for row in (*held, *changed)}
    return [rows[minute] for minute in sorted(rows)][-len(held) :]

"""A channel: one document, its versions, and its subscribers.

Each section of the document has the version at which it last changed. A subscriber has the
version that it last received, and needs the sections newer than that. Conflation for slow readers,
deltas, resuming and one text for all subscribers follow from this.
"""

import asyncio
import secrets
from abc import ABC, abstractmethod
from itertools import islice
from typing import Protocol

from footfall.live.message import Fields, Message, json_object, message
from footfall.model import Position

WAKE_AT_ONCE = 50
"""Subscribers; sending to so many takes a millisecond, and a request needs several turns."""


class Subscriber(Protocol):
    """What a channel needs from its subscribers."""

    is_stranger: bool
    """Without a token."""

    def wake(self) -> None:
        """Look for new messages: there may be one."""

    def follow(self, channel: "Channel") -> None:
        """Switch to another channel of the same document."""

    def end(self, code: int, reason: str) -> None:
        """End the subscription; ``code`` is a WebSocket close code."""


class Channel(ABC):
    """The epoch belongs to this instance: versions of different epochs can't be compared.

    A push costs one ``interval`` and one may be owed: two at once after a pause, so that a change
    which only time caused does not hold up the visit right after it, then one in each interval.
    """

    def __init__(self, interval: float) -> None:
        self.epoch = secrets.token_hex(6)
        self.version = 0
        self.ticks = 0
        self.subscribers: set[Subscriber] = set()
        self._to_wake: dict[Subscriber, None] = {}
        """In this order."""
        self._interval = interval
        self._pushed = 0
        self._pushed_at = -interval
        self._paid_until = 0.0
        """The loop's time up to which the pushes so far have used up the intervals."""
        self._timer: asyncio.TimerHandle | None = None
        self._texts: dict[int | None, Message] = {}
        self._document_json: bytes | None = None
        self._cached_for: tuple[int, str] = (0, "")

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.version)

    @property
    @abstractmethod
    def as_of(self) -> str:
        """The document's time, ISO 8601."""

    @abstractmethod
    def advance(self, second: int) -> None:
        """Move the document's time to ``second``."""

    @abstractmethod
    def fields(self, since: int | None) -> Fields:
        """The sections newer than version ``since``, or the full document for None."""

    @abstractmethod
    def _update(self, version: int) -> bool:
        """Update the sections; those that changed get ``version``. Returns whether any did."""

    def refresh(self) -> None:
        if self._update(self.version + 1):
            self.version += 1

    def document_json(self) -> bytes:
        """The full document as of now, encoded once for all readers."""
        self.refresh()
        self._drop_outdated()
        if self._document_json is None:
            self._document_json = json_object(self.fields(None))
        return self._document_json

    def after(self, position: Position | None) -> Message | None:
        """The message that brings a reader from ``position`` up to date; None if it is.

        A position of another epoch, or None, gets a snapshot.
        """
        since = None
        if position is not None and position.epoch == self.epoch:
            since = position.version
            if since == self.version:
                return None
        return self._text(since)

    def snapshot(self) -> Message:
        """The full document as of now."""
        return self._text(None)

    def tick(self) -> Message:
        """A message that has only the time."""
        return message("tick", self.position, [("asOf", b'"%s"' % self.as_of.encode())])

    def wake(self) -> None:
        """Something may have changed: push now, or once the interval has passed."""
        if self._timer is None and self.subscribers:
            loop = asyncio.get_running_loop()
            due = self._paid_until - self._interval
            self._timer = loop.call_at(max(due, loop.time()), self._push)

    def tick_if_quiet(self, quiet: float) -> None:
        """Send all subscribers the time if nothing else was sent for ``quiet`` seconds."""
        now = asyncio.get_running_loop().time()
        if self.subscribers and now - self._pushed_at >= quiet:
            self._pushed_at = now
            self.ticks += 1
            self._wake_subscribers()

    def hand_over(self, successor: "Channel") -> None:
        """Switch every subscriber to the channel that replaces this one."""
        self._stop_timer()
        for subscriber in tuple(self.subscribers):
            subscriber.follow(successor)

    def close(self, code: int, reason: str) -> None:
        """End every subscription."""
        self._stop_timer()
        for subscriber in tuple(self.subscribers):
            subscriber.end(code, reason)

    def _push(self) -> None:
        self._timer = None
        self.refresh()
        if self.version != self._pushed:
            self._pushed = self.version
            self._pushed_at = asyncio.get_running_loop().time()
            self._paid_until = max(self._paid_until, self._pushed_at) + self._interval
            self._wake_subscribers()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake_subscribers(self) -> None:
        is_waking = bool(self._to_wake)
        self._to_wake.update(dict.fromkeys(self.subscribers))
        if not is_waking:
            self._wake_some()

    def _wake_some(self) -> None:
        """Between slices others get their turn: who wakes is sent a message at once."""
        for subscriber in tuple(islice(self._to_wake, WAKE_AT_ONCE)):
            del self._to_wake[subscriber]
            subscriber.wake()
        if self._to_wake:
            asyncio.get_running_loop().call_soon(self._wake_some)

    def _text(self, since: int | None) -> Message:
        self._drop_outdated()
        text = self._texts.get(since)
        if text is None:
            if since is None:
                text = message("snapshot", self.position, self.fields(None))
            else:
                text = message("update", self.position, self.fields(since))
            self._texts[since] = text
        return text

    def _drop_outdated(self) -> None:
        state = (self.version, self.as_of)
        if self._cached_for != state:
            self._cached_for = state
            self._texts.clear()
            self._document_json = None

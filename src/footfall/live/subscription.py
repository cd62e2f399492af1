"""One reader of a channel."""

import asyncio
from collections.abc import AsyncIterator

from footfall.live.channel import Channel
from footfall.live.message import Message
from footfall.model import Position
from footfall.principal import Principal, Stranger


class Subscription:
    """An async iterator of messages. Each is built when the reader is ready for it, so a slow
    reader has nothing queued and gets the newest state. After the last one, ``code`` and
    ``reason`` say why the subscription ended."""

    def __init__(self, channel: Channel, position: Position | None, caller: Principal) -> None:
        self.is_stranger = isinstance(caller, Stranger)
        self.whole = False
        """Whether every message is a whole document, for readers that keep none."""
        self.code: int | None = None
        self.reason = ""
        self._channel = channel
        known = position is not None and position.epoch == channel.epoch
        self._position = position if known and _within(position, channel) else None
        # A reader that resumes and missed nothing gets a tick, so that it knows it is live.
        self._ticks = -1
        self._awake = asyncio.Event()
        channel.subscribers.add(self)

    def __aiter__(self) -> AsyncIterator[Message]:
        return self

    async def __anext__(self) -> Message:
        while self.code is None:
            # Cleared first, so that a change from here on ends the wait below.
            self._awake.clear()
            message = self._next()
            if message is not None:
                self._position = message.position
                self._ticks = self._channel.ticks
                return message
            await self._awake.wait()
        raise StopAsyncIteration

    def _next(self) -> Message | None:
        channel = self._channel
        is_tick_due = self._ticks != channel.ticks
        if self.whole:
            is_outdated = self._position != channel.position
            return channel.snapshot() if is_outdated or is_tick_due else None
        message = channel.after(self._position)
        return channel.tick() if message is None and is_tick_due else message

    def wake(self) -> None:
        self._awake.set()

    def follow(self, channel: Channel) -> None:
        """Switch to another channel of the same document: the next message is a snapshot."""
        self._channel.subscribers.discard(self)
        self._channel = channel
        channel.subscribers.add(self)
        self._awake.set()

    def end(self, code: int, reason: str) -> None:
        """End the subscription with a WebSocket close code. Only the first call counts."""
        if self.code is None:
            self.code, self.reason = code, reason
        self._channel.subscribers.discard(self)
        self._awake.set()


def _within(position: Position | None, channel: Channel) -> bool:
    return position is not None and 0 < position.version <= channel.version

"""Sends events to one archive's process, at most as many at once as it may hold.

Other frames never wait for it: only events do, here.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from footfall.history.frames import Arrived, encode, send_encoded
from footfall.history.set_aside import SetAside
from footfall.history.suspects import Suspects
from footfall.model import Event

MAX_UNTAKEN_BYTES = 4_000_000
"""Of frames that the process has not taken."""
NOT_ENCODABLE = (OverflowError, ValueError, TypeError, RecursionError)
"""What msgspec raises for values that MessagePack does not have, like an integer past 64 bits."""


class ArchiveFeed:
    def __init__(
        self, writer: asyncio.StreamWriter, set_aside: SetAside, suspects: Suspects
    ) -> None:
        self._writer = writer
        self._set_aside = set_aside
        self._suspects = suspects
        self._untaken: deque[tuple[Sequence[Event], int]] = deque()
        self._bytes = 0
        self._is_less = asyncio.Event()
        self._held_since: float | None = None

    async def send(self, events: Sequence[Event], waited_s: float = 0.0) -> None:
        """Returns when all are sent, but those that are set aside. They have waited for
        ``waited_s`` before. Raises OSError when the process is gone."""
        self._held_since = asyncio.get_running_loop().time() - waited_s
        wanted = [each for each in events if each not in self._set_aside]
        suspected = [each for each in wanted if each in self._suspects]
        if suspected:
            wanted = [each for each in wanted if each not in self._suspects]
        if wanted:
            await self._send(wanted)
        for start in range(0, len(suspected), at_once := self._suspects.at_once):
            await self._until_bytes(0)
            await self._send(suspected[start : start + at_once], is_awaited=True)
            await self._until_bytes(0)
        self._held_since = None

    def held_s(self) -> float:
        """How long the events have waited that are being sent."""
        if self._held_since is None:
            return 0.0
        return asyncio.get_running_loop().time() - self._held_since

    def taken(self, frames: int) -> None:
        """The process has taken the oldest so many frames."""
        for _ in range(frames):
            events, size = self._untaken.popleft()
            self._bytes -= size
            self._suspects.taken(events)
        self._is_less.set()

    def ended(self) -> None:
        """The process has ended by itself."""
        self._suspects.process_ended([each for events, _ in self._untaken for each in events])

    async def _send(self, events: Sequence[Event], *, is_awaited: bool = False) -> None:
        try:
            body = encode(Arrived(list(events), is_awaited))
        except NOT_ENCODABLE as error:
            if len(events) == 1:
                event = events[0]
                self._set_aside.add(event.site, event.time, event.id, str(error))
                return
            half = len(events) // 2
            await self._send(events[:half], is_awaited=is_awaited)
            await self._send(events[half:], is_awaited=is_awaited)
            return
        await self._until_bytes(max(0, MAX_UNTAKEN_BYTES - len(body)))
        self._untaken.append((events, len(body)))
        self._bytes += len(body)
        await send_encoded(self._writer, body)

    async def _until_bytes(self, limit: int) -> None:
        """Wait until at most ``limit`` bytes are not taken."""
        while self._bytes > limit:
            self._is_less.clear()
            await self._is_less.wait()

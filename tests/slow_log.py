"""An event log whose replays wait for the test."""

import asyncio
from collections.abc import AsyncIterator

from footfall.engines.memory import MemoryEventLog
from footfall.model import Event, Offset


class SlowLog(MemoryEventLog):
    """Replays wait until ``gate`` is set; ``replays`` counts them, and each sets ``began``."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = asyncio.Event()
        self.replays = 0

    async def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        self.replays += 1
        self.began.set()
        await self.gate.wait()
        async for events in super().replay(site, since, until):
            yield events

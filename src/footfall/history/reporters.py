"""Asks for reports: holders of a token one process, strangers another, so that the ones never wait
for the others."""

from pathlib import Path
from typing import BinaryIO

import msgspec

from footfall.clock import Clock
from footfall.errors import StoreUnavailable
from footfall.history.answers import EncodedAnswer
from footfall.history.archivist import Archivist
from footfall.history.frames import Answered
from footfall.history.limits import ArchiveLimits
from footfall.history.reporter import LOST, Reporter
from footfall.history.reports.asked import ExportAsked, Wanted
from footfall.history.snapshots import Snapshots
from footfall.principal import HOLDER, Principal, Stranger

STRANGERS_BYTES = 2 << 20
"""Of a report in JSON for a caller without a token."""
STRANGERS_MEMORY = 2
"""They have the memory divided by this."""


class Reporters:
    def __init__(self, archivist: Archivist, limits: ArchiveLimits, clock: Clock) -> None:
        self._snapshots = Snapshots(archivist.snapshot, clock)
        archivist.on_end(self._end)
        self.of_holders = Reporter("holders", limits)
        self.of_strangers = Reporter(
            "strangers",
            msgspec.structs.replace(
                limits,
                threads=1,
                steps_back=True,
                memory_mb=max(64, limits.memory_mb // STRANGERS_MEMORY),
                answer_bytes=STRANGERS_BYTES,
            ),
        )

    @property
    def lost(self) -> dict[str, int]:
        """Processes, by who asked them."""
        return {"holders": self.of_holders.lost, "strangers": self.of_strangers.lost}

    async def ask(self, wanted: Wanted, caller: Principal) -> EncodedAnswer:
        """Raises InvalidInput, Overloaded and StoreUnavailable."""
        answered, as_of = await self._ask(wanted, caller)
        return EncodedAnswer(answered.body, as_of)

    async def export(self, wanted: ExportAsked) -> BinaryIO:
        """A file without a name: it is gone when it is closed. Raises the same."""
        answered, _ = await self._ask(wanted, HOLDER)
        return _opened(Path(answered.path))

    def forget(self, site: str) -> None:
        """The site was removed."""
        self._snapshots.forget(site)

    def _end(self) -> None:
        """The archive's process has ended, and with it what they read and where they write."""
        self._snapshots.forget_all()
        self.of_holders.end()
        self.of_strangers.end()

    async def close(self) -> None:
        self._snapshots.forget_all()
        await self.of_holders.close()
        await self.of_strangers.close()

    async def _ask(self, wanted: Wanted, caller: Principal) -> tuple[Answered, int]:
        reporter = self.of_strangers if isinstance(caller, Stranger) else self.of_holders
        async with reporter.place(), self._snapshots.of(wanted.site) as taken:
            return await reporter.ask(wanted, taken), taken.as_of


def _opened(path: Path) -> BinaryIO:
    """Without its name. Raises StoreUnavailable."""
    try:
        file = path.open("rb")
        path.unlink()
    except OSError as error:
        raise StoreUnavailable(f"the exported file is gone ({error}): {LOST}", LOST) from error
    return file

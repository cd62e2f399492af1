"""A server that keeps an archive, and does not wait long for anything."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footfall import background
from footfall.history import archivist
from tests.archiving import ArchivingServer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archivist, "PASS_S", 0.02)
    monkeypatch.setattr(background, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ArchivingServer]:
    async with ArchivingServer(tmp_path).running() as started:
        yield started

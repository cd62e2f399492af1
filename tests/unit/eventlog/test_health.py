"""Failing commits: logged once, told to ``/readyz``, and tried again without traffic."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from footfall.engines.memory import MemoryEventLog
from footfall.errors import StoreUnavailable
from footfall.eventlog import health
from footfall.eventlog.writer import BatchingWriter
from footfall.model import Event
from tests.events import event


class BrokenLog(MemoryEventLog):
    """Takes nothing while ``error`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.probes = 0

    async def append(self, events: Sequence[Event]) -> None:
        if self.error is not None:
            raise self.error
        await super().append(events)

    async def probe(self) -> None:
        self.probes += 1
        if self.error is not None:
            raise self.error


@pytest.fixture
async def log() -> BrokenLog:
    return BrokenLog()


async def refused(writer: BatchingWriter, number: int) -> None:
    with pytest.raises((StoreUnavailable, ZeroDivisionError)):
        await writer.add([event(number)])


async def test_failure_and_recovery_are_logged_once_each(log: BrokenLog) -> None:
    writer = BatchingWriter(log, capacity=100)
    with capture_logs() as logs:
        await writer.add([event(1)])
        log.error = StoreUnavailable("the store /srv/x.db: full", public="full")
        for number in range(5):
            await refused(writer, number)
        assert writer.health.problem is not None
        assert writer.health.problem.endswith(": full")
        log.error = None
        for number in range(5):
            await writer.add([event(number)])
    assert writer.health.problem is None
    assert [line["event"] for line in logs] == ["store.failed", "store.recovered"]
    assert logs[0]["error"] == "the store /srv/x.db: full"


async def test_a_mistake_of_the_server_has_its_traceback_in_the_log(log: BrokenLog) -> None:
    writer = BatchingWriter(log, capacity=100)
    log.error = ZeroDivisionError("secret")
    with capture_logs() as logs:
        await refused(writer, 1)
    assert logs[0]["exc_info"] is log.error
    assert "secret" not in (writer.health.problem or "")


async def test_without_traffic_it_recovers_when_the_store_does(
    log: BrokenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_S", 0.0)
    writer = BatchingWriter(log, capacity=100)
    writer.health.start()
    log.error = StoreUnavailable("full")
    await refused(writer, 1)
    async with asyncio.timeout(10):
        while log.probes < 3:  # noqa: ASYNC110 - only yields to other tasks
            await asyncio.sleep(0)
        assert writer.health.problem is not None
        log.error = None
        while writer.health.problem is not None:  # noqa: ASYNC110
            await asyncio.sleep(0)
    probes = log.probes
    for _ in range(20):
        await asyncio.sleep(0)
    assert log.probes == probes  # a healthy store is left alone
    await writer.health.stop()

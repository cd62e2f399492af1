"""Pipelined requests whose connection ends while the first of them is answered. Runs on uvloop, as
a server does: there, writing to a closed connection fails."""

import asyncio
import logging

import pytest
import structlog
import uvloop

from footfall.app import create_app
from footfall.engines.memory import MemoryEventLog
from footfall.engines.open import open_store
from footfall.settings import Settings
from tests.raw import Raw, until
from tests.serving import Clock, add_sites, listening
from tests.unit.http.serving.test_direct_collect import BODY, HeldLog, post

FIRST = {
    "direct": post(),
    "asgi": post("Transfer-Encoding: chunked\r\n", f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("end", ["\0\0\r\n\r\n", "\x16\x03\x01 hello\r\n\r\n"])
def test_what_is_not_http_after_two_requests_is_one_refusal_and_no_error(
    first: str, end: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(), open_store("memory://"), Clock())
    assert isinstance(app.services.event_log, MemoryEventLog)
    held = HeldLog(app.services.event_log)

    async def scenario() -> None:
        async with listening(app) as server:
            await add_sites(app)
            held.gate.clear()
            raw = await Raw.open(server, FIRST[first] + post() + end)
            assert await raw.rest() == ""
            await until(lambda: app.connections.open == 0)
            held.gate.set()

    with (
        structlog.testing.capture_logs() as logs,
        caplog.at_level(logging.WARNING),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(scenario())
    assert not [each for each in logs if each["log_level"] in ("warning", "error")]
    assert not caplog.records
    assert app.connections.refused == {"malformed": 1}

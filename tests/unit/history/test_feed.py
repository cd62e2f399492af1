"""Events on their way to the archive's process: bounded, and none of them stops the others."""

import asyncio
from typing import Any

import msgspec
import pytest

from footfall.history import feed as feed_module
from footfall.history.feed import ArchiveFeed
from footfall.history.frames import Arrived, _decode
from footfall.history.set_aside import SetAside
from footfall.history.suspects import Suspects
from footfall.model import Event
from footfall.times import DAY_MS
from tests.events import event
from tests.serving import Clock


class FakeWriter:
    """What is written, as frames."""

    def __init__(self) -> None:
        self.sent: list[Arrived] = []

    def write(self, data: bytes) -> None:
        frame = _decode(data[4:])
        assert isinstance(frame, Arrived)
        self.sent.append(frame)

    async def drain(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    @property
    def ids(self) -> list[str]:
        return [each.id for frame in self.sent for each in frame.events]


class Sending:
    def __init__(self, set_aside: SetAside | None = None) -> None:
        self.set_aside = set_aside or SetAside(Clock())
        self.suspects = Suspects(self.set_aside)
        self.writer = FakeWriter()
        self.feed = self._new()

    def _new(self) -> ArchiveFeed:
        writer: Any = self.writer
        return ArchiveFeed(writer, self.set_aside, self.suspects)

    def restart(self) -> None:
        self.feed.ended()
        self.writer = FakeWriter()
        self.feed = self._new()


def with_props(number: int, value: Any) -> Event:
    made = event(number, type="event", name="buy")
    return msgspec.structs.replace(made, props={"value": value})


@pytest.mark.parametrize(
    "bad",
    [
        with_props(7, 2**64),
        with_props(7, -(2**63) - 1),
        with_props(7, "\ud800"),
        msgspec.structs.replace(event(7), path="/\udfff"),
        msgspec.structs.replace(event(7), time=2**70),
        msgspec.structs.replace(event(7), id="e000007\ud800"),
    ],
)
async def test_an_event_that_cannot_be_encoded_costs_itself(bad: Event) -> None:
    sending = Sending()
    good = [event(number) for number in range(20)]
    await sending.feed.send([*good[:7], bad, *good[8:]])
    assert sorted(sending.writer.ids) == [each.id for each in good if each.id != "e000007"]
    assert sending.set_aside.count == 1
    await sending.feed.send([bad])
    assert sending.set_aside.count == 1


async def test_values_that_text_and_floats_may_have_pass() -> None:
    sending = Sending()
    odd = ["\0", "", float("inf"), float("nan"), 2**64 - 1, -(2**63), None, True, "\uffff"]
    await sending.feed.send([with_props(number, value) for number, value in enumerate(odd)])
    assert len(sending.writer.ids) == len(odd)
    assert sending.set_aside.count == 0


async def test_no_more_is_sent_than_the_process_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "MAX_UNTAKEN_BYTES", 1000)
    sending = Sending()

    async def send_all() -> None:
        for number in range(50):
            await sending.feed.send([event(number)])

    task = asyncio.create_task(send_all())
    for _ in range(200):
        await asyncio.sleep(0)
    first = len(sending.writer.sent)
    assert 0 < first < 50
    assert sending.feed.held_s() > 0
    sending.feed.taken(1)
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(sending.writer.sent) == first + 1
    while not task.done():
        sending.feed.taken(min(1, len(sending.writer.sent)))
        await asyncio.sleep(0)
    assert sending.writer.ids == [event(number).id for number in range(50)]
    assert sending.feed.held_s() == 0


async def test_what_waited_before_counts_as_held() -> None:
    sending = Sending()
    asked = asyncio.create_task(sending.feed.send([event(1)], waited_s=100.0))
    assert sending.feed.held_s() == 0
    await asked
    sending.suspects.process_ended([event(2)])
    held = asyncio.create_task(sending.feed.send([event(2)], waited_s=100.0))
    await asyncio.sleep(0)
    assert sending.feed.held_s() >= 100
    held.cancel()


async def test_the_event_that_ends_the_process_is_found() -> None:
    """Each process takes what it gets, until it gets this one event."""
    sending = Sending()
    events = [event(number) for number in range(3000)]
    fatal = events[1234]
    processes, taken = 0, set[str]()
    while True:
        processes += 1
        task = asyncio.create_task(sending.feed.send(events))
        seen = 0
        while True:
            await asyncio.sleep(0)
            new = sending.writer.sent[seen:]
            if any(fatal in frame.events for frame in new):
                break
            if new:
                seen += len(new)
                taken.update(each.id for frame in new for each in frame.events)
                sending.feed.taken(len(new))
            elif task.done():
                break
        if task.done() and seen == len(sending.writer.sent):
            break
        task.cancel()
        sending.restart()
    assert sending.set_aside.count == 1
    assert fatal in sending.set_aside
    assert taken == {each.id for each in events} - {fatal.id}
    assert processes < 20


async def test_a_process_that_ends_by_chance_costs_no_event() -> None:
    sending = Sending()
    for number in range(20):
        await sending.feed.send([event(number)])
        sending.restart()
    assert sending.set_aside.count == 0


def test_what_was_set_aside_is_spoken_of_for_a_day() -> None:
    clock = Clock()
    set_aside = SetAside(clock)
    assert set_aside.notice() is None
    set_aside.add("a", 1, "x", "why")
    set_aside.add("a", 2, "y", "why")
    set_aside.add("a", 2, "y", "why")
    assert (set_aside.notice() or "").startswith("2 events are in no report")
    clock.now += DAY_MS
    assert set_aside.notice() is None
    assert set_aside.count == 2

"""The buffer: what it writes, and that a failed send loses and doubles nothing."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from footfall.dynamodb import (
    AnalyticsStore,
    Command,
    RealtimeBuffer,
    process_realtime_data,
    run,
    sender,
)

NOW = 1_768_473_012
NEVER = 3600.0
"""The tests call ``flush`` themselves."""


class Outbox:
    """Records commands. Fails ``failures`` times, before or after recording the command."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.failures = 0
        self.arrives_first = False

    def __call__(self, command: Command) -> None:
        if self.failures and not self.arrives_first:
            self.failures -= 1
            raise ConnectionError("not there")
        self.sent.append(command)
        if self.failures:
            self.failures -= 1
            raise TimeoutError("the answer was lost")

    def document(self) -> dict[str, Any]:
        """The document of a table with these items."""
        items = [command["input"]["Item"] for command in self.sent]
        table = {item["sk"]["S"]: item for item in items}
        return process_realtime_data(table.values(), now=NOW)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def buffer(outbox: Outbox) -> Iterator[RealtimeBuffer]:
    store = AnalyticsStore("t", now=lambda: NOW)
    with RealtimeBuffer(store, outbox, interval=NEVER, now=lambda: NOW) as made:
        yield made


def visit(buffer: RealtimeBuffer) -> None:
    buffer.page_view("shop", "ann", "/", "DE")
    buffer.page_view("shop", "ann", "/docs", "DE")
    buffer.seen("shop", "bob", "/", "FR")


def totals(document: dict[str, Any]) -> tuple[int, int]:
    return document["currentVisitors"], document["pageViews"]


def test_a_flush_writes_one_item_with_each_visitor_once(
    buffer: RealtimeBuffer, outbox: Outbox
) -> None:
    visit(buffer)
    buffer.flush()
    assert len(outbox.sent) == 1
    assert totals(outbox.document()) == (2, 2)
    visit(buffer)
    buffer.flush()
    assert totals(outbox.document()) == (2, 4)


def test_an_empty_buffer_writes_nothing(buffer: RealtimeBuffer, outbox: Outbox) -> None:
    buffer.flush()
    assert outbox.sent == []


@pytest.mark.parametrize("arrives_first", [False, True])
def test_a_failed_send_is_repeated_and_counted_once(
    buffer: RealtimeBuffer, outbox: Outbox, arrives_first: bool
) -> None:
    outbox.failures, outbox.arrives_first = 1, arrives_first
    visit(buffer)
    buffer.flush()
    assert buffer.failures == 1
    visit(buffer)
    buffer.flush()
    assert totals(outbox.document()) == (2, 4)
    assert buffer.lost == 0


def test_closing_writes_the_rest(outbox: Outbox) -> None:
    store = AnalyticsStore("t", now=lambda: NOW)
    with RealtimeBuffer(store, outbox, interval=NEVER, now=lambda: NOW) as buffer:
        visit(buffer)
    assert totals(outbox.document()) == (2, 2)


def test_items_that_closing_can_not_write_are_counted_as_lost(outbox: Outbox) -> None:
    store = AnalyticsStore("t", now=lambda: NOW)
    outbox.failures = 99
    with RealtimeBuffer(store, outbox, interval=NEVER, now=lambda: NOW) as buffer:
        visit(buffer)
    assert buffer.lost == 1


def test_it_flushes_at_its_interval() -> None:
    written = threading.Event()
    store = AnalyticsStore("t", now=lambda: NOW)
    with RealtimeBuffer(store, lambda _: written.set(), interval=0.01, now=lambda: NOW) as buffer:
        visit(buffer)
        assert written.wait(10)


def test_items_expire_after_keep_minutes(outbox: Outbox) -> None:
    store = AnalyticsStore("t", now=lambda: NOW)
    with RealtimeBuffer(store, outbox, interval=NEVER, keep_minutes=30, now=lambda: NOW) as buffer:
        visit(buffer)
    assert outbox.sent[0]["input"]["Item"]["ttl"] == {"N": str(NOW + 1800)}


def test_it_works_with_boto3(client: Any, table: str) -> None:
    store = AnalyticsStore(table, now=lambda: NOW)
    with RealtimeBuffer(store, sender(client), interval=NEVER, now=lambda: NOW) as buffer:
        visit(buffer)
    items = run(client, store.get_realtime_stats_command("shop", 5))
    assert totals(process_realtime_data(items, now=NOW)) == (2, 2)


def test_failures_and_losses_are_logged_once_each(
    buffer: RealtimeBuffer, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.failures = 2
    for _ in range(3):
        visit(buffer)
        buffer.flush()
    assert [record.getMessage() for record in caplog.records] == [
        "can't write to the table, will try again: ConnectionError('not there')",
        "the table can be written again",
    ]


def test_what_closing_loses_is_logged(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    outbox.failures = 99
    store = AnalyticsStore("t", now=lambda: NOW)
    with RealtimeBuffer(store, outbox, interval=NEVER, now=lambda: NOW) as buffer:
        visit(buffer)
    assert caplog.messages[-1].startswith("1 updates are lost (the table could not be written")

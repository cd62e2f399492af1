"""Which events are at or before an offset, as replay and stream need it."""

from footfall.engines.dynamodb.deliveries import KEPT_MS, SETTLED_MS, SKEW_MS, Deliveries, Found

BEGAN = 10_000_000
START = 100


def deliveries() -> Deliveries:
    return Deliveries(START, BEGAN)


def included(log: Deliveries, key: int, at: int, until: int, *, is_first: bool = False) -> bool:
    return log.select([Found(key, at)], until, is_first=is_first)[0]


def test_a_delivered_event_is_included_from_its_offset_on() -> None:
    log = deliveries()
    assert log.deliver(1, BEGAN)
    assert log.deliver(2, BEGAN)
    assert [included(log, key, BEGAN, START + 1) for key in (1, 2)] == [True, False]
    assert [included(log, key, BEGAN, START + 2) for key in (1, 2)] == [True, True]


def test_an_event_delivered_twice_has_one_offset() -> None:
    log = deliveries()
    assert log.deliver(1, BEGAN)
    assert not log.deliver(1, BEGAN)
    assert log.end == START + 1


def test_an_event_still_in_the_stream_is_after_every_offset() -> None:
    log = deliveries()
    log.replayed("a", 0)
    assert not included(log, 1, BEGAN + 1, START)
    assert log.deliver(1, BEGAN + 5)
    assert not included(log, 1, BEGAN + 1, START)
    assert included(log, 1, BEGAN + 1, START + 1)


def test_an_event_of_this_process_is_in_the_stream_even_for_a_first_replay() -> None:
    log = deliveries()
    log.expect([1], BEGAN)
    assert not included(log, 1, BEGAN, START, is_first=True)
    assert log.is_due({1})
    log.deliver(1, BEGAN)
    assert not log.is_due({1})


def test_the_first_replay_decides_about_events_written_around_the_start() -> None:
    """Otherwise it would be in both the replay and the tail, or in neither."""
    log = deliveries()
    assert log.is_first_replay("a", 5)
    assert included(log, 1, BEGAN + SKEW_MS, START, is_first=True)
    log.replayed("a", 5)
    assert not log.is_first_replay("a", 5)
    assert log.is_first_replay("a", 4)
    assert not log.deliver(1, BEGAN)
    assert included(log, 1, BEGAN + SKEW_MS, START)
    assert not included(log, 2, BEGAN, START)


def test_an_event_written_long_ago_counts_as_delivered() -> None:
    log = deliveries()
    assert included(log, 1, BEGAN - SETTLED_MS, START)
    assert not included(log, 2, BEGAN + 1, START)
    log.reached_end(BEGAN + SETTLED_MS + 1)
    assert included(log, 2, BEGAN + 1, START)


def test_a_forgotten_event_is_judged_by_its_time() -> None:
    log = deliveries()
    log.deliver(1, BEGAN + 1)
    for round_ in range(1, 4):
        log.reached_end(BEGAN + round_ * KEPT_MS)
    assert not log._offsets
    assert not log._older
    assert included(log, 1, BEGAN + 1, START + 1)


def test_an_event_that_a_tail_has_yet_to_read_is_not_forgotten() -> None:
    """A replay for the window of that tail must not have it."""
    log = deliveries()
    log.deliver(1, BEGAN + 1)
    for round_ in range(1, 4):
        log.reached_end(BEGAN + round_ * KEPT_MS, is_behind=True)
    assert not included(log, 1, BEGAN + 1, START)
    assert included(log, 1, BEGAN + 1, START + 1)


def test_records_from_before_the_tail_are_not_delivered() -> None:
    """They appear when an unused iterator expires and the shard is read from its beginning."""
    log = deliveries()
    assert not log.deliver(1, BEGAN - SETTLED_MS - 1)


def test_a_failed_write_is_not_waited_for() -> None:
    log = deliveries()
    log.expect([1, 2], BEGAN)
    log.give_up([1])
    assert log.undelivered() == {2}
    log.reached_end(BEGAN + SETTLED_MS)
    assert log.undelivered() == set()

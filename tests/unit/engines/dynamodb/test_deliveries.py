"""What lies at or before an offset, whatever replay and stream know of each other."""

from footfall.engines.dynamodb.deliveries import KEPT_MS, SETTLED_MS, SKEW_MS, Deliveries, Found

BEGAN = 10_000_000
START = 100


def deliveries() -> Deliveries:
    return Deliveries(START, BEGAN)


def given(of: Deliveries, key: int, at: int, until: int, *, is_first: bool = False) -> bool:
    return of.select([Found(key, at)], until, is_first=is_first)[0]


def test_what_was_delivered_lies_at_its_offset() -> None:
    log = deliveries()
    assert log.deliver(1, BEGAN)
    assert log.deliver(2, BEGAN)
    assert [given(log, key, BEGAN, START + 1) for key in (1, 2)] == [True, False]
    assert [given(log, key, BEGAN, START + 2) for key in (1, 2)] == [True, True]


def test_what_comes_twice_has_one_offset() -> None:
    log = deliveries()
    assert log.deliver(1, BEGAN)
    assert not log.deliver(1, BEGAN)
    assert log.end == START + 1


def test_what_is_still_on_its_way_lies_after_everything() -> None:
    log = deliveries()
    log.replayed("a", 0)
    assert not given(log, 1, BEGAN + 1, START)
    assert log.deliver(1, BEGAN + 5)
    assert not given(log, 1, BEGAN + 1, START)
    assert given(log, 1, BEGAN + 1, START + 1)


def test_what_this_process_writes_is_on_its_way_even_for_a_first_replay() -> None:
    log = deliveries()
    log.expect([1], BEGAN)
    assert not given(log, 1, BEGAN, START, is_first=True)
    assert log.is_due({1})
    log.deliver(1, BEGAN)
    assert not log.is_due({1})


def test_the_first_replay_decides_about_what_others_wrote_at_the_beginning() -> None:
    """Or else it would be in the replay and in the tail, or in neither."""
    log = deliveries()
    assert log.is_first_replay("a", 5)
    assert given(log, 1, BEGAN + SKEW_MS, START, is_first=True)
    log.replayed("a", 5)
    assert not log.is_first_replay("a", 5)
    assert log.is_first_replay("a", 4)
    assert not log.deliver(1, BEGAN)
    assert given(log, 1, BEGAN + SKEW_MS, START)
    assert not given(log, 2, BEGAN, START)


def test_what_is_long_written_was_delivered_or_there_before() -> None:
    log = deliveries()
    assert given(log, 1, BEGAN - SETTLED_MS, START)
    assert not given(log, 2, BEGAN + 1, START)
    log.reached_end(BEGAN + SETTLED_MS + 1)
    assert given(log, 2, BEGAN + 1, START)


def test_what_was_forgotten_is_told_by_its_time() -> None:
    log = deliveries()
    log.deliver(1, BEGAN + 1)
    for round_ in range(1, 4):
        log.reached_end(BEGAN + round_ * KEPT_MS)
    assert not log._offsets
    assert not log._older
    assert given(log, 1, BEGAN + 1, START + 1)


def test_records_of_the_time_before_the_tail_are_not_delivered() -> None:
    """They come when an iterator expired before it was used, and a shard is read whole."""
    log = deliveries()
    assert not log.deliver(1, BEGAN - SETTLED_MS - 1)


def test_a_write_that_failed_is_not_waited_for() -> None:
    log = deliveries()
    log.expect([1, 2], BEGAN)
    log.give_up([1])
    assert log.undelivered() == {2}
    log.reached_end(BEGAN + SETTLED_MS)
    assert log.undelivered() == set()

"""Ids that come again: against a list of all times at which each was seen."""

from hypothesis import given
from hypothesis import strategies as st

from footfall.window.deduplicator import Deduplicator
from footfall.window.limits import DEDUP_SECONDS, Losses

SPAN = DEDUP_SECONDS * 1000
TIMES = st.integers(0, 8 * SPAN) | st.sampled_from([0, 1, SPAN - 1, SPAN, SPAN + 1, 2 * SPAN])
SEEN = st.lists(st.tuples(st.sampled_from("ab"), TIMES), max_size=40)


def repeats(time: int, others: set[int]) -> bool:
    return any(time - SPAN <= other < time for other in others)


@given(SEEN)
def test_in_order_an_event_counts_unless_its_id_was_seen_before(
    seen: list[tuple[str, int]],
) -> None:
    deduplicator, times = Deduplicator(100, Losses()), {"a": set[int](), "b": set[int]()}
    for name, time in sorted(seen, key=lambda pair: pair[1]):
        counted = deduplicator.counts(name, time)
        assert counted == (time not in times[name] and not repeats(time, times[name]))
        times[name].add(time)
    assert not deduplicator.disordered


@given(SEEN)
def test_in_any_order_it_says_so_when_an_event_was_counted_in_vain(
    seen: list[tuple[str, int]],
) -> None:
    deduplicator, times = Deduplicator(100, Losses()), {"a": set[int](), "b": set[int]()}
    counted: set[tuple[str, int]] = set()
    for name, time in seen:
        if deduplicator.counts(name, time):
            counted.add((name, time))
        times[name].add(time)
        in_vain = any(repeats(when, times[who]) for who, when in counted)
        assert deduplicator.disordered == in_vain
    if not deduplicator.disordered:
        right = {
            (n, t) for n, all_times in times.items() for t in all_times if not repeats(t, all_times)
        }
        assert counted == right


@given(SEEN, st.integers(0, 8 * DEDUP_SECONDS))
def test_what_is_forgotten_leaves_nothing_behind(seen: list[tuple[str, int]], second: int) -> None:
    deduplicator = Deduplicator(100, Losses())
    for name, time in seen:
        deduplicator.counts(name, time)
    for each in range(8 * DEDUP_SECONDS + 1):
        deduplicator.forget(each)
    assert len(deduplicator) == 0
    assert not any(deduplicator._by_second.values())


def test_one_id_many_times_takes_the_room_of_one() -> None:
    deduplicator = Deduplicator(100, Losses())
    for number in range(40_000):
        deduplicator.counts("same", number * 7)
        deduplicator.counts("turned", 400_000 - number * 7)
    assert len(deduplicator) == 2
    assert sum(map(len, deduplicator._by_second.values())) == 2
    assert all(not isinstance(runs, int) and len(runs) == 1 for runs in deduplicator._runs.values())

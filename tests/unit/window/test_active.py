from hypothesis import given
from hypothesis import strategies as st

from footfall.window.active import ActiveSeconds

SECONDS = st.lists(st.integers(0, 60), max_size=30)
INTERVALS = st.lists(st.integers(1, 30), min_size=1, max_size=4)


@given(SECONDS, INTERVALS, st.integers(0, 60), st.integers(-1, 30))
def test_it_tells_when_the_next_second_leaves_any_interval(
    seconds: list[int], intervals: list[int], now: int, forgotten: int
) -> None:
    active = ActiveSeconds()
    for second in seconds:
        active.add(second)
    active.forget(forgotten)
    kept = {second for second in seconds if second > forgotten}
    leaving = {second + length for second in kept for length in intervals}
    assert bool(active) == bool(kept)
    assert active.next_leaving(now, intervals) == min(
        (second for second in leaving if second > now), default=None
    )

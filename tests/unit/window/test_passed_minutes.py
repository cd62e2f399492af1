"""What the live counters showed at the end of each minute, compared with the brute-force oracle."""

from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from footfall.model import MinuteCounts
from footfall.window.limits import WindowLimits
from footfall.window.site import SiteWindow
from tests.events import event
from tests.histories import Shape, history
from tests.oracle import minute_counts


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32), span=st.sampled_from((600, 3_000, 20_000)))
def test_every_minute_is_as_the_counters_stood_at_its_end(seed: int, span: int) -> None:
    random, shape = Random(seed), Shape(events=120, span=span)
    events = [each for each in history(random, shape) if each.site == "a"]
    window = SiteWindow(WindowLimits(), shape.start)
    seen: list[MinuteCounts] = []
    for each in events:
        if random.random() < 0.3:  # time also passes by itself
            window.advance(each.time // 1000)
        window.fold(each)
        seen += window.take_passed_minutes()
    end = (shape.start + span + 4_000) // 60
    window.advance(end * 60)
    seen += window.take_passed_minutes()
    expected = [minute_counts(events, "a", minute) for minute in range(shape.start // 60, end)]
    assert seen == [each for each in expected if each is not None]


def test_late_events_change_no_minute_that_has_passed() -> None:
    window = SiteWindow(WindowLimits(), 60_000)
    window.fold(event(1, site="a", time=60_030_000))
    window.advance(60_090)
    assert [each.page_views for each in window.take_passed_minutes()] == [1]
    window.fold(event(2, site="a", time=60_031_000))
    assert window.take_passed_minutes() == []


def test_a_window_that_is_being_filled_has_none() -> None:
    window = SiteWindow(WindowLimits(), 60_000)
    window.postpone_views()
    window.fold(event(1, site="a", time=60_030_000))
    window.advance(60_090)
    assert window.take_passed_minutes() == []


def test_minutes_that_nobody_takes_do_not_pile_up() -> None:
    window = SiteWindow(WindowLimits(), 60_000)
    for minute in range(1_000):
        window.fold(event(minute, site="a", time=(60_000 + minute * 60) * 1000))
    assert len(window.take_passed_minutes()) == 240

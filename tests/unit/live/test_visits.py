"""Where one visit ends and the next begins: exactly as in the archive."""

import pytest

from footfall.live.visits import _Visitors
from footfall.times import VISIT_GAP_MS
from tests.events import event


@pytest.mark.parametrize(("gap", "views"), [(VISIT_GAP_MS - 1, 2), (VISIT_GAP_MS, 1)])
def test_half_an_hour_to_the_ms_begins_another_visit(gap: int, views: int) -> None:
    visitors = _Visitors()
    visitors.add(1, event(1, time=1000))
    visitors.add(1, event(2, time=1000 + gap))
    (visit,) = visitors.visits
    assert visit.page_views == views

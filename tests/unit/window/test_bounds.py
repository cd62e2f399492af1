"""With all caps at their least, nothing that strangers send makes a window grow without end."""

from collections.abc import Callable
from random import Random

import pytest

from footfall.model import Event
from footfall.window.limits import WindowLimits
from footfall.window.query import OTHER, Filter, ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow
from tests.memory import kept

LEAST = WindowLimits(retention_minutes=10, max_visitors=100, max_values=10, max_ids=1000)
START = 1_768_450_000
EVENTS = 50_000
BAR = 2_500_000


def leave(number: int, time: int) -> Event:
    return Event("a", time, f"e{number}", "leave", number, "x", "/", sid=f"session-{number:08d}")


def ping(number: int, time: int) -> Event:
    return Event("a", time, f"e{number}", "ping", number, "x", "/", sid=f"session-{number:08d}")


def named(number: int, time: int) -> Event:
    return Event("a", time, f"e{number}", "event", number, "x", "/", name=f"{number:0120d}")


def elsewhere(number: int, time: int) -> Event:
    return Event("a", time, f"e{number}", "pageview", number, "x", f"/{number:0500d}")


@pytest.mark.parametrize("made", [leave, ping, named, elsewhere])
def test_a_flood_of_new_values_stays_small(made: Callable[[int, int], Event]) -> None:
    window = SiteWindow(LEAST, START)
    random = Random(1)

    def flood() -> None:
        for number in range(EVENTS):
            window.fold(made(number, (START + random.randrange(300)) * 1000))

    assert kept(flood) < BAR


def test_names_past_the_cap_count_together_and_leave_together() -> None:
    window = SiteWindow(LEAST, START)
    for number in range(100):
        window.fold(named(number, START * 1000))
    reader = Reader(window, ViewQuery("a", 5, Filter(), 100))
    assert len(reader.rows("events")) == 11
    assert sum(row.count for row in reader.rows("events")) == 100
    assert {row.name: row.count for row in reader.rows("events")}[OTHER] == 90
    assert window.losses.values >= 90
    window.advance(START + 300)
    assert reader.rows("events") == []
    window.advance(START + 600)
    for number in range(200, 205):
        window.fold(named(number, (START + 600) * 1000))
    assert OTHER not in {row.name for row in reader.rows("events")}

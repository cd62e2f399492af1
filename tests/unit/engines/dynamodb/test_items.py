from hypothesis import given

from footfall.engines.dynamodb.items import LINK, Lifetimes, day_of, to_event, to_events, to_item
from footfall.model import Event
from tests.events import event
from tests.strategies import events

LIFETIMES = Lifetimes(events=1000, signals=100)
DAY = 86_400_000


def item(of: Event, at: int = 5, key: bytes = b"k" * 32) -> dict[str, dict[str, str]]:
    keys = {day_of(of.time): key}
    return to_item(of, shards=4, at=at, lifetimes=LIFETIMES, link_keys=keys)


@given(events())
def test_an_event_is_stored_unchanged(given: Event) -> None:
    keys = {day_of(given.time): b"k" * 32}
    assert to_event(item(given), keys) == given
    assert to_events([item(given), item(given)], keys) == [given, given]


def test_writing_an_event_again_later_gives_the_same_item() -> None:
    first, second = item(event(7, previous_visitor=3)), item(event(7, previous_visitor=3), at=9)
    assert {**first, "at": second["at"]} == second


def test_events_and_signals_expire_after_their_own_lifetimes() -> None:
    assert item(event(2_000))["ttl"] == {"N": "1002"}
    assert item(event(2_000, type="leave"))["ttl"] == {"N": "102"}


def test_without_the_key_of_its_day_the_link_is_lost_and_the_event_stays() -> None:
    linked = event(DAY + 5, previous_visitor=-77)
    assert to_event(item(linked), {}) == event(DAY + 5)
    assert "-77" not in str(item(linked))


def test_the_stored_links_of_one_visitor_all_differ() -> None:
    links = {item(event(n, previous_visitor=42))[LINK]["N"] for n in range(20)}
    assert len(links) == 20

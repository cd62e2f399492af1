"""Many journeys of all personas: the tracker could have reported each of them."""

import random
from itertools import pairwise

import pytest

from footfall.demo.journeys import MAX_PAGES, PING_SECONDS, JourneyStep, journey
from footfall.demo.personas import PERSONAS, SimulatedVisitor, visitor
from footfall.demo.sitemap import PAGES, SIGNUP


def walk(seed: int) -> tuple[SimulatedVisitor, list[JourneyStep]]:
    rng = random.Random(seed)
    who = visitor(rng)
    return who, list(journey(who, rng))


@pytest.fixture(scope="module")
def walks() -> list[tuple[SimulatedVisitor, list[JourneyStep]]]:
    return [walk(seed) for seed in range(600)]


@pytest.fixture(scope="module")
def human(walks: list[tuple[SimulatedVisitor, list[JourneyStep]]]) -> list[list[JourneyStep]]:
    return [steps for who, steps in walks if not who.persona.robot]


def test_the_same_seed_gives_the_same_journey() -> None:
    assert walk(7) == walk(7)
    assert walk(7) != walk(8)


def test_every_persona_appears(walks: list[tuple[SimulatedVisitor, list[JourneyStep]]]) -> None:
    assert {who.persona.name for who, _ in walks} == {persona.name for persona in PERSONAS}
    assert any(who.do_not_track for who, _ in walks)


def test_a_journey_begins_with_the_arrival(
    walks: list[tuple[SimulatedVisitor, list[JourneyStep]]],
) -> None:
    for who, steps in walks:
        first = steps[0]
        assert (first.at, first.type, first.page, first.query) == (
            0,
            "pageview",
            who.landing,
            who.query,
        )
        assert first.referrer == (who.referrer or None)


def test_time_never_goes_back(walks: list[tuple[SimulatedVisitor, list[JourneyStep]]]) -> None:
    for _, steps in walks:
        assert all(a.at <= b.at for a, b in pairwise(steps))


def test_a_journey_has_a_bounded_number_of_page_views(
    walks: list[tuple[SimulatedVisitor, list[JourneyStep]]],
) -> None:
    for _, steps in walks:
        views = sum(step.type == "pageview" for step in steps)
        assert 1 <= views <= MAX_PAGES + 3, "opened tabs may add their first pages"


def test_page_views_follow_links(human: list[list[JourneyStep]]) -> None:
    for steps in human:
        for step in steps[1:]:
            if step.type == "pageview":
                assert step.referrer is not None
                assert step.page in PAGES[step.referrer].onward


def test_nothing_follows_the_leave_of_a_tab_session(human: list[list[JourneyStep]]) -> None:
    for steps in human:
        left: set[str] = set()
        for step in steps:
            assert step.sid not in left
            if step.type == "leave":
                left.add(step.sid)


def test_a_visible_tab_reports_at_least_every_20_seconds(human: list[list[JourneyStep]]) -> None:
    for steps in human:
        for a, b in pairwise(steps):
            if a.type != "leave":
                assert b.at - a.at <= PING_SECONDS + 1e-6


def test_the_finder_changes_pages_within_one_tab_session(human: list[list[JourneyStep]]) -> None:
    moves = [
        (a, b)
        for steps in human
        for a, b in pairwise(steps)
        if b.type == "pageview" and PAGES[b.page].spa and PAGES[a.page].spa
    ]
    assert sum(a.sid == b.sid for a, b in moves) > 20


def test_every_thanks_page_belongs_to_a_signup(human: list[list[JourneyStep]]) -> None:
    thanked = 0
    for steps in human:
        names = [step.props["name"] for step in steps if step.type == "event" and step.props]
        views = [step.page for step in steps if step.type == "pageview"]
        assert names.count(SIGNUP) == views.count("/thanks")
        thanked += views.count("/thanks")
    assert thanked > 20


def test_all_event_types_and_pages_occur(human: list[list[JourneyStep]]) -> None:
    steps = [step for each in human for step in each]
    assert {step.type for step in steps} == {"pageview", "event", "outbound", "ping", "leave"}
    assert {step.page for step in steps} == set(PAGES)

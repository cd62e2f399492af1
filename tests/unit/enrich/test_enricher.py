import pytest

from footfall.enrich.enricher import Enricher
from footfall.model import DropReason, Event, Goal
from tests.ingesting import NOW, enricher, hit, rules


@pytest.fixture
def enriching() -> Enricher:
    return enricher()


def test_a_hit_becomes_an_event(enriching: Enricher) -> None:
    signup = Goal(id="1", site_id="a", name="Signup", kind="event", value="signup")
    found = enriching.enrich(
        hit(
            type="event",
            address="8.8.8.8",
            sid="tab",
            title="T",
            referrer="https://www.google.com/",
            props={"name": "signup", "plan": "pro"},
        ),
        rules(goals=(signup,)),
    )

    assert isinstance(found, Event)
    assert found == Event(
        site="a",
        time=NOW,
        id="1",
        type="event",
        visitor=found.visitor,
        host="example.com",
        path="/",
        sid="tab",
        title="T",
        name="signup",
        referrer="https://www.google.com/",
        country="US",
        device="desktop",
        browser="Chrome",
        os="Windows",
        goals=("Signup",),
        props={"plan": "pro"},
    )


def test_an_arrival_has_source_and_campaign(enriching: Enricher) -> None:
    utm = {"source": "fb", "campaign": "spring"}
    found = enriching.enrich(hit(utm=utm), rules())

    assert isinstance(found, Event)
    assert (found.source, found.campaign, found.utm) == ("Facebook", "spring", utm)


def test_the_event_does_not_contain_the_address(enriching: Enricher) -> None:
    found = enriching.enrich(hit(address="198.51.100.77", network="198.51.100.77"), rules())

    assert "198.51.100.77" not in repr(found)


def test_bots_are_dropped(enriching: Enricher) -> None:
    assert enriching.enrich(hit(user_agent="curl/8.5.0"), rules()) is DropReason.BOT


def test_the_first_drop_reason_ends_the_steps() -> None:
    enriching = Enricher((lambda _: None, lambda _: DropReason.BOT, lambda _: 1 / 0))  # type: ignore[arg-type,return-value]

    assert enriching.enrich(hit(), rules()) is DropReason.BOT

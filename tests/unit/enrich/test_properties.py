from footfall.enrich.properties import lift_properties
from tests.ingesting import draft


def test_the_name_of_an_event_is_no_property() -> None:
    visit = draft(type="event", props={"name": "buy", "value": 9})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == ("buy", None, {"value": 9})
    assert visit.hit.props == {"name": "buy", "value": 9}


def test_the_target_of_a_click_is_no_property() -> None:
    visit = draft(type="outbound", props={"url": "https://shop.example/"})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == (None, "https://shop.example/", None)


def test_a_page_view_keeps_all_properties() -> None:
    visit = draft(props={"name": "n", "url": "u"})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == (None, None, {"name": "n", "url": "u"})

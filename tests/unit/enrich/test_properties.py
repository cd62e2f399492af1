from footfall.enrich.properties import lift_properties
from tests.ingesting import draft


def test_an_events_name_is_its_own() -> None:
    visit = draft(type="event", props={"name": "buy", "value": 9})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == ("buy", None, {"value": 9})
    assert visit.hit.props == {"name": "buy", "value": 9}


def test_a_clicks_target_is_its_own() -> None:
    visit = draft(type="outbound", props={"url": "https://shop.example/"})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == (None, "https://shop.example/", None)


def test_a_page_view_keeps_all() -> None:
    visit = draft(props={"name": "n", "url": "u"})

    lift_properties(visit)

    assert (visit.name, visit.url, visit.props) == (None, None, {"name": "n", "url": "u"})

import pytest

from footfall.errors import InvalidInput
from footfall.http.framework.parameters import last_event_id, position, view_query
from footfall.model import Position
from footfall.window.query import Filter, ViewQuery

BAD = {
    "minutes": ["", "0", "31", "-1", "+5", "5.0", "five", "5 ", "٣", "1e1", "9" * 40],
    "limit": ["", "0", "101", "-1", "1.5", "all", "9" * 40],
    "path": ["", "x" * 2049],
    "country": [""],
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_bad_value_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        view_query("a", [(name, value)], 30)
    assert caught.value.field == name


def test_unknown_parameters_are_ignored() -> None:
    items = [("utm_source", "mail"), ("_", "1"), ("_", "2"), ("country", "DE")]
    assert view_query("a", items, 30) == ViewQuery("a", 5, Filter(country="DE"))


def test_a_repeated_parameter_is_refused() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        view_query("a", [("country", "DE"), ("country", "FR")], 30)


def test_defaults_and_filters_are_parsed() -> None:
    assert view_query("a", [], 30) == ViewQuery("a", 5, Filter(), 20)
    items = [("minutes", "60"), ("limit", "3"), ("path", "/docs*"), ("os", "(unknown)")]
    wanted = Filter(path="/docs*", os="(unknown)")
    assert view_query("a", items, 60) == ViewQuery("a", 60, wanted, 3)


@pytest.mark.parametrize("text", ["", "x", "x:", ":1", "x:-1", "x:1:2", "x y:1", "x:" + "9" * 19])
def test_a_malformed_position_is_refused_but_a_malformed_last_event_id_ignored(text: str) -> None:
    with pytest.raises(InvalidInput, match="epoch:version"):
        position(text)
    assert last_event_id(text) is None


def test_a_position_is_parsed() -> None:
    assert position(None) is None
    assert last_event_id(None) is None
    assert position("ab12:7") == last_event_id("ab12:7") == Position("ab12", 7)

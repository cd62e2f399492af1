"""What a refusal says of a body that msgspec did not accept."""

from typing import Any

import msgspec
import pytest

from footfall.collect.wire import decode
from footfall.decoding import MAX_FIELD, MAX_MESSAGE, explain
from footfall.errors import InvalidInput
from footfall.http.resources.session import SignIn


class Inner(msgspec.Struct):
    number: int


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: Inner | None = None
    many: list[Inner] = []
    named: dict[str, int] = {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"inner": {"number": "x"}}, "inner.number"),
        ({"many": [{"number": 1}, {"number": None}]}, "many[1].number"),
        ({"named": {"a": "x"}}, "named"),
        ({"strange": 1}, None),
        ([], None),
    ],
)
def test_the_field_that_is_wrong_is_named(body: Any, field: str | None) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode(body), type=Outer)
    message, found = explain(caught.value)
    assert found == field
    assert message
    assert " - at " not in message


@pytest.mark.parametrize("kind", [Outer, SignIn])
def test_what_a_stranger_writes_is_cut(kind: type) -> None:
    key = " - at `$" * 8180 + "\n"
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(msgspec.json.encode({key: 1}), type=kind)
    message, field = explain(caught.value)
    assert len(message) <= MAX_MESSAGE
    assert field is None or len(field) <= MAX_FIELD


def test_a_stranger_can_not_lengthen_the_refusal_of_an_event() -> None:
    body = msgspec.json.encode({"s": "a", "e": " - at `$" * 8000 + "\n", "u": "https://a.example/"})
    with pytest.raises(InvalidInput) as caught:
        decode(body)
    assert caught.value.field == "e"
    assert len(str(caught.value)) < 2 * MAX_MESSAGE

import sys
from typing import Any

import msgspec
import pytest

from footfall.collect.wire import MAX_INTEGER, OtherEvent, WireEvent, checked, decode
from footfall.errors import InvalidInput
from tests.ingesting import encoded, wire


def test_every_field_of_the_protocol_is_decoded() -> None:
    found = decode(
        b'{"s":"a","e":"event","u":"https://x.example/","sid":"t","r":"","t":"T","sw":1,"sh":2,'
        b'"p":{"name":"n","value":1.5,"ok":true,"none":null},"id":"i","ts":3,"ip":"::1","ua":"b"}'
    )

    assert found == WireEvent(
        site="a",
        type="event",
        url="https://x.example/",
        sid="t",
        referrer="",
        title="T",
        screen_width=1,
        screen_height=2,
        props={"name": "n", "value": 1.5, "ok": True, "none": None},
        id="i",
        ts=3,
        ip="::1",
        ua="b",
    )


def test_unknown_fields_are_ignored() -> None:
    assert decode(encoded(wire(color="red", deep={"a": [1]}))) == decode(encoded(wire()))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"s": None}, "s"),
        ({"s": ""}, "s"),
        ({"s": "x" * 65}, "s"),
        ({"e": None}, "e"),
        ({"e": 7}, "e"),
        ({"e": "x" * 65}, "e"),
        ({"e": "event", "en": ["a"]}, "en"),
        ({"e": "event", "ev": {}}, "ev"),
        ({"u": None}, "u"),
        ({"u": 7}, "u"),
        ({"u": "https://x.example/" + "x" * 10_000}, "u"),
        ({"sid": "x" * 65}, "sid"),
        ({"r": ["https://x.example/"]}, "r"),
        ({"t": "x" * 5000}, "t"),
        ({"sw": -1}, "sw"),
        ({"sh": 1e9}, "sh"),
        ({"sh": "100"}, "sh"),
        ({"p": []}, "p"),
        ({"p": {"a": {"b": 1}}}, "p"),
        ({"p": {"a": "x" * 5000}}, "p"),
        ({"p": {"x" * 65: 1}}, "p"),
        ({"p": {str(number): 1 for number in range(100)}}, "p"),
        ({"id": ""}, "id"),
        ({"p": {"n": MAX_INTEGER + 1}}, "p"),
        ({"p": {"n": -MAX_INTEGER - 2}}, "p"),
        ({"p": {"n": 1 << 64}}, "p"),
        ({"e": "event", "ev": 1 << 63}, "ev"),
        ({"ts": "now"}, "ts"),
        ({"ip": 1}, "ip"),
        ({"ua": "x" * 5000}, "ua"),
    ],
)
def test_the_wrong_field_is_named(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        decode(encoded(wire(**fields)))

    assert raised.value.field == field
    assert field in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not JSON"),
        (b"nonsense", "not JSON"),
        (b'{"s":"a"', "not JSON"),
        (b'{"s":"a"}}', "not JSON|has no e"),
        (b"3", "expected `object`"),
        (b"null", "expected `object`"),
        (b'{"s":"\xff"}', "not UTF-8"),
        (b'{"s":"\\ud800"}', "not JSON"),
        (b'{"s":"a\0"}', "not JSON"),
        (b'{"zz":' + b"[" * 100_000, "nested too deeply"),
        (b'{"p":{"n":' + b"9" * 10_000 + b"}}", "out of range"),
        (b'{"p":{"n":1e999}}', "out of range"),
    ],
)
def test_a_malformed_event_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        decode(text)


def test_a_message_does_not_repeat_a_huge_value() -> None:
    with pytest.raises(InvalidInput) as raised:
        decode(encoded(wire(e="x" * 50_000)))

    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"t": "a\0"}, "t"),
        ({"p": {"a": "\0"}}, "p"),
        ({"p": {"\0": 1}}, "p"),
        ({"sid": "\0"}, "sid"),
    ],
)
def test_nul_characters_are_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput, match="NUL") as raised:
        decode(encoded(wire(**fields)))

    assert raised.value.field == field


def test_an_escaped_backslash_before_u0000_is_accepted() -> None:
    decode(msgspec.json.encode(wire(t="\\u0000", p={"a": 1})))


def test_numbers_at_their_limits_are_taken() -> None:
    numbers = {"a": MAX_INTEGER, "b": -MAX_INTEGER - 1, "c": sys.float_info.max, "d": True}
    found = decode(encoded(wire(p=numbers)))
    assert isinstance(found, WireEvent)
    assert found.props == numbers


EVENT = WireEvent(site="a", type="event", url="https://x.example/", props={"name": "n"})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"props": {"v": 1 << 64}}, "p"),
        ({"props": {"v": float("inf")}}, "p"),
        ({"props": {"v": float("nan")}}, "p"),
        ({"props": {"": 1}}, "p"),
        ({"props": {str(number): 1 for number in range(65)}}, "p"),
        ({"props": {"v": "\0"}}, "p"),
        ({"url": "https://x.example/" + "x" * 10_000}, "u"),
        ({"referrer": "https://x.example/" + "x" * 10_000}, "r"),
        ({"title": "x" * 5_000}, "t"),
        ({"screen_width": 100_001}, "sw"),
        ({"site": "x" * 65}, "s"),
    ],
)
def test_an_event_that_was_made_is_validated_as_one_that_was_sent(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        checked(msgspec.structs.replace(EVENT, **fields))
    assert raised.value.field == field
    assert checked(EVENT) is EVENT


def test_an_event_of_another_type_is_validated_too() -> None:
    with pytest.raises(InvalidInput) as raised:
        checked(OtherEvent("a", "x" * 65))
    assert raised.value.field == "e"

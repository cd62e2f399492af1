from typing import Any

import msgspec
import pytest

from footfall.collect.wire import WireEvent, decode, refuse_nul
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
        refuse_nul(decode(encoded(wire(**fields))))

    assert raised.value.field == field


def test_an_escaped_backslash_before_u0000_is_accepted() -> None:
    refuse_nul(decode(msgspec.json.encode(wire(t="\\u0000", p={"a": 1}))))

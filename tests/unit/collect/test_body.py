import pytest

from footfall.collect.body import split
from footfall.errors import InvalidInput


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b'[{"a":1},{"b":2}]', [b'{"a":1}', b'{"b":2}']),
        (b' [\n {"a":1} ,\n 3 ]\n', [b'{"a":1}', b"3"]),
        (b"[]", []),
        (b'{"a":1}\n{"b":2}', [b'{"a":1}', b'{"b":2}']),
        (b'{"a":1}\r\n\r\n{"b":2}\r\n', [b'{"a":1}\r', b'{"b":2}']),
    ],
)
def test_arrays_and_lines_are_split_into_events(body: bytes, texts: list[bytes]) -> None:
    parts = split(body)

    assert [bytes(text) for text in parts.texts] == texts
    assert not parts.single


@pytest.mark.parametrize(
    "body", [b'{"a":1}', b'\n {"a":1}\n', b'{\n  "a": 1,\n  "b": [\n]}', b'{"a":1\n}\n']
)
def test_one_object_may_take_several_lines(body: bytes) -> None:
    parts = split(body)

    assert parts.texts == (body.strip(),)
    assert parts.single


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_an_empty_body_is_refused_with_a_hint(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="the body is empty: send a JSON object"):
        split(body)


@pytest.mark.parametrize("body", [b"[", b"[1,", b"[}", b"[" * 100_000, b"[" * 9 + b"]"])
def test_a_broken_array_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="the body is"):
        split(body)

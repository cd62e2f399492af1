"""The browser client's types match the server's schemas."""

from tools.protocol_types import TARGET, generated


def test_the_generated_types_are_up_to_date() -> None:
    assert TARGET.read_text() == generated(), "they are out of date: run `make types`"

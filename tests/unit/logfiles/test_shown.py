import pytest

from footfall.logfiles.shown import shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"GET /docs", "GET /docs"),
        (b"\x1b]0;title\x07\x1b[2J", r"\x1b]0;title\x07\x1b[2J"),
        (b"a\rb\nc\td\0", r"a\rb\nc\td\x00"),
        ("Über uns 🍵", "Über uns 🍵"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\x9b31m", r"\x9b31m"),
        (b"\xff", "\ufffd"),
        ("half \udc80", r"half \udc80"),
    ],
)
def test_a_terminal_does_nothing_but_show_it(text: bytes | str, expected: str) -> None:
    assert shown(text) == expected

"""Values at the edges of what programs expect, and bytes that are damaged."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""What ``encoded`` takes: as JSON, or ``Raw``."""


class Raw(str):
    """JSON as it stands, valid or not."""

    __slots__ = ()


TEXTS = (
    *(
        "",
        " ",
        "/",
        "a\0b",
        "\0",
        "\ufffe",
        "\u202egnp",
        "\U0001f600" * 3,
        "I\u0307",
        "\u0130",
        "\u00df",
    ),
    *(
        "x" * 64,
        "x" * 65,
        "x" * 2048,
        "x" * 2049,
        "x" * 9000,
        "\u00e9" * 3000,
        "%00",
        "%",
        "%zz",
        "%ff%fe",
    ),
    *(
        "'; DROP TABLE arrived; --",
        '"',
        "\\",
        "\\'",
        "{0}",
        "{visits}",
        "%s",
        "$1",
        "../../x",
        "\x1b[2J",
        "\r\nX: y",
    ),
    *(
        "null",
        "NaN",
        "-0",
        "1e400",
        "=1+1",
        "@x",
        "(unknown)",
        "(other)",
        "Direct",
        "\u0627\u0644\u0639",
        "\u0085",
        "\x7f",
    ),
    *(
        "^(a|b)*a(a|b){9}$",
        "(",
        "[z-a]",
        "a{1000}",
        "(?P<n",
        "\\C",
        "\\p{L}+",
        "*",
        "**",
        "/*",
        "a~0/b~1",
        "~",
        "[0]",
    ),
)
NUMBERS = (
    *(
        "0",
        "-0",
        "1",
        "-1",
        "0.1",
        "-0.0",
        "1e308",
        "1e309",
        "1e400",
        "-1e400",
        "5e-324",
        "1.7976931348623157e308",
    ),
    *("2147483648", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808"),
    *(
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
    ),
    *("1" * 400, "1" * 4301, "-" + "9" * 5000, "0." + "1" * 400, "1" * 300 + "e-300"),
)
BROKEN = (
    "NaN",
    "Infinity",
    "-Infinity",
    "01",
    "+1",
    "1.",
    ".5",
    "tru",
    "'a'",
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\x"',
    '"\t"',
    "undefined",
)
DATES = (
    *(
        "0001-01-01",
        "0000-01-01",
        "1200-01-01",
        "1969-12-31",
        "1970-01-01",
        "1972-02-29",
        "2026-02-29",
        "2099-12-31",
    ),
    *(
        "2100-01-01",
        "9999-12-31",
        "10000-01-01",
        "-0001-01-01",
        "2026-11-24",
        "20261124",
        "2026-W48-2",
        "2026-11-24T25:00",
    ),
    *(
        "2026-11-24T10:30",
        "2026-11-24T10:30Z",
        "2026-11-24T10:30+23:59",
        "1970-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
    ),
    *(
        "2017-10-15",
        "2011-12-30",
        "\u0662\u0660\u0662\u0666-11-24",
        "today",
        "",
        "2026-11-24T10:30:00.0000001",
    ),
)
ZONES = (
    *(
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
    ),
    *(
        "Africa/Monrovia",
        "Asia/Kathmandu",
        "localtime",
        "posixrules",
        "../UTC",
        "Europe",
        "",
        "utc",
        "Factory",
        "x" * 300,
        "a\0b",
    ),
)
ADDRESSES = (
    *(
        "203.0.113.7",
        "2001:db8::7",
        "[2001:db8::7]:443",
        "::ffff:10.0.0.1",
        "127.0.0.1",
        "999.1.1.1",
        "::",
        "fe80::1%eth0",
    ),
    *("64:ff9b::1", "0", "203.0.113.7:80", "\u0661.1.1.1", ", ,", "unknown", "1" * 70),
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
)
ODD_AGENTS = (
    "",
    "curl/8",
    "Googlebot/2.1",
    "Mozilla/5.0 (" * 150,
    "\u00fc",
    "a;b;c",
    "Mozilla/5.0 (iPad",
)
ODD = 0.12
"""Share of values that are odd: the others let a request come far."""


def is_odd(random: Random) -> bool:
    return random.random() < ODD


def text(random: Random) -> str:
    found = random.choice(TEXTS)
    return found if random.random() < 0.7 else found + random.choice(TEXTS)


def odd(random: Random, depth: int = 0) -> Value:
    """Any JSON, mostly of another type than is expected, some of it none at all."""
    kind = random.randrange(9)
    if kind < 3:
        return text(random)
    if kind < 6:
        return Raw(random.choice(NUMBERS))
    if kind == 6:
        return random.choice((None, True, False, Raw(random.choice(BROKEN))))
    if depth > 2:
        return Raw("[" * random.choice((1, 100, 5_000)))
    if kind == 7:
        return [odd(random, depth + 1) for _ in range(random.randrange(4))]
    return {text(random): odd(random, depth + 1) for _ in range(random.randrange(4))}


def encoded(value: Value) -> bytes:
    return _encoded(value).encode("utf-8", "surrogatepass")


def _encoded(value: Value) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Mapping):
        fields = (f"{json.dumps(str(key))}:{_encoded(each)}" for key, each in value.items())
        return "{" + ",".join(fields) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(map(_encoded, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def damaged(random: Random, data: bytes) -> bytes:
    """Some bytes changed, cut, or repeated."""
    changed = bytearray(data)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(changed) + 1)
        kind = random.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes([random.randrange(256)])
        elif kind == 1:
            del changed[at : at + random.randrange(1, 20)]
        elif kind == 2:
            changed[at:at] = changed[at : at + 30] * random.choice((1, 2, 50))
        else:
            changed[at:at] = random.choice(
                (b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\\u0000", b"{", b'"')
            )
    return bytes(changed)

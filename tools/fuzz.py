"""``python -m tools.fuzz [TARGET…]`` attacks ``POST /collect`` with atheris.

The targets make requests of the fuzzer's bytes:

* ``body``: the bytes are the body, from a browser or from a caller with a write token;
* ``headers``: the headers of the request are hostile, the body is good;
* ``enrich``: the fields of one event (URLs, address, user agent, names) are hostile texts.

What each request must keep is in ``tools/collect_probe.py``. An input that breaks it is written to
the current folder, and the exit code is not 0; ``--input`` tries it again. ``--runs`` tries the
same inputs every time.
"""

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import atheris

with atheris.instrument_imports(include=["footfall"]):
    from tools.collect_probe import GOOD, GOOD_EVENT, Probe, Request

MAX_LENGTH = 8192
"""Bytes of an input."""
MAX_REPEATED = 16_384
"""Bytes of a text that an input repeats: twice the longest URL."""
SEED = 1
SPLIT = b"\xff"
"""Never part of UTF-8."""
HEADERS = (
    b"x-forwarded-for",
    b"user-agent",
    b"origin",
    b"authorization",
    b"dnt",
    b"sec-gpc",
    b"content-type",
)
FIELDS = ("u", "r", "ip", "ua", "t", "sid", "id", "utm", "name", "url", "e", "prop", "s")
KINDS = ("pageview", "event", "outbound", "ping", "leave")
SITES = ("a", "own")
SEEDS: dict[str, tuple[bytes, ...]] = {
    "body": (
        b"\0" + GOOD,
        b"\1[" + GOOD + b"," + GOOD + b"]",
        b"\2" + GOOD + b"\n" + GOOD,
        b'\1{"s":"a","e":"event","u":"https://[::1]:80/?utm_source=x","p":{"name":"n","value":1},'
        b'"ts":1768473012345,"ip":"2001:db8::7","ua":"Mozilla/5.0 (iPad)","sid":"t","id":"i"}',
        b'\0{"s":"a","e":"outbound","u":"http://\xc3\xbc.de","r":"android-app://b","sw":1,"sh":2,'
        b'"p":{"url":"https://x.y/z"}}',
    ),
    "headers": (
        b"\0\x00203.0.113.7, [2001:db8::1]:4711\xff\1\0Mozilla/5.0\xff\2\0https://a.b",
        b"\3\0Bearer write\xff\0\3127.0.0.1,::1,::ffff:10.0.0.1%eth0",
    ),
    "enrich": (
        b"\0\0https://example.com/a/b\xff\2\x00203.0.113.7\xff\3\0Mozilla/5.0 (iPhone) Safari",
        b"\1\0https://www.google.com/search\xff\7\0Newsletter\xff\4\0Title",
        b"\x0a\1\xff\x08\0signup\xff\x0b\0value\xff\0\0http://[2001:db8::1%25a]:80/\xc3\xbc",
    ),
}
WORDS = (
    *('{"s":"a","e":"', "pageview", "event", "outbound", "ping", "leave", '"u":"', '"r":"'),
    *('"p":{"name":"', '"ts":', '"ip":"', '"ua":"', '"sid":"', '"id":"', '"sw":', "https://"),
    *("http://[", "xn--", "utm_source=", "utm_campaign=", "%00", "\\u0000", "\\ud800", "\u202e"),
    *("www.", "::ffff:", "127.0.0.1", "Mozilla/5.0 (", "Chrome/140.0", "iPhone", "Bearer "),
    *("1e999", "[[[[", "android-app://", "\u00fc", "\u3002", "\U0001f600"),
)

Maker: TypeAlias = Callable[[bytes], Request]


def from_body(data: bytes) -> Request:
    """The first byte says who sends it, and how often its lines are repeated."""
    first, body = data[:1] or b"\0", data[1:]
    return Request(body=_repeated(body + b"\n", first[0] >> 1), trusted=first[0] % 2 == 1)


def from_headers(data: bytes) -> Request:
    """Headers may repeat."""
    parts = [(HEADERS[key % len(HEADERS)], text) for key, text in _parts(data)]
    return Request(body=GOOD, headers=parts)


def from_fields(data: bytes) -> Request:
    event = dict(GOOD_EVENT)
    props: dict[str, object] = {"name": "signup", "url": "https://example.org/"}
    for key, raw in _parts(data):
        field, text = FIELDS[key % len(FIELDS)], raw.decode(errors="replace")
        if field == "e":
            event["e"] = KINDS[len(text) % len(KINDS)]
        elif field == "s":
            event["s"] = SITES[len(text) % len(SITES)]
        elif field == "utm":
            event["u"] = f"https://example.com/?utm_source={text}&utm_campaign={text}"
        elif field == "prop":
            props[text[:64]] = text
        elif field in ("name", "url"):
            props[field] = text
        else:
            event[field] = text
    return Request.of({**event, "p": props})


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """Each part of the input has a byte that chooses its field, one that says how often its text is
    repeated (that finds what is slower than linear), and the text."""
    parts = [part for part in data.split(SPLIT) if len(part) > 1]
    return [(part[0], _repeated(part[2:], part[1])) for part in parts]


def _repeated(text: bytes, exponent: int) -> bytes:
    return (text * (1 << exponent % 14))[:MAX_REPEATED]


MAKERS: dict[str, Maker] = {"body": from_body, "headers": from_headers, "enrich": from_fields}


def attack(target: str, limit: str) -> None:
    """Try inputs up to ``limit``, an option of libFuzzer. Ends the process."""
    probe, make = Probe(), MAKERS[target]

    def try_input(data: bytes) -> None:
        probe.check(make(data))

    folder = Path(tempfile.mkdtemp(prefix="footfall-fuzz-"))
    atheris.Setup(["fuzz", *_options(folder, target), limit], try_input)
    atheris.Fuzz()


def _options(folder: Path, target: str) -> list[str]:
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (corpus / str(number)).write_bytes(seed)
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS))
    options = [f"-dict={words}", f"-max_len={MAX_LENGTH}", f"-seed={SEED}", "-len_control=20"]
    return [str(corpus), *options, "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def main(arguments: list[str]) -> int:
    """Attack the targets one after the other, each in its own process, since libFuzzer ends it."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("targets", nargs="*", help=", ".join(MAKERS))
    parser.add_argument("--runs", type=int, help="inputs of each target")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--input", type=Path, help="the file of an input, for one target")
    chosen = parser.parse_args(arguments)
    targets = chosen.targets or list(MAKERS)
    unknown = set(targets) - MAKERS.keys()
    if unknown:
        parser.error(f"no target is called {', '.join(unknown)}: choose from {', '.join(MAKERS)}")
    if chosen.input is not None:
        Probe().check(MAKERS[targets[0]](chosen.input.read_bytes()))
        return 0
    seconds = max(1, chosen.seconds // len(targets))
    limit = f"-runs={chosen.runs}" if chosen.runs else f"-max_total_time={seconds}"
    failed = []
    for target in targets:
        print(f"{target}:", flush=True)  # noqa: T201
        process = multiprocessing.get_context("fork").Process(target=attack, args=(target, limit))
        process.start()
        process.join()
        if process.exitcode:
            failed.append(target)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which lines are page views, and the event that each of these is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from footfall.collect.address import parse_address
from footfall.collect.caller import MAX_USER_AGENT
from footfall.collect.wire import MAX_URL, decode
from footfall.errors import InvalidInput
from footfall.logfiles.formats import Parser
from footfall.logfiles.line import LogLine, time_ms
from footfall.logfiles.reading import MAX_LINE, SHOWN_BYTES
from footfall.urls import cut

SHOWN = 5
"""Lines that are not of the format, and shown."""
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))")


class PageView(msgspec.Struct, omit_defaults=True, tag_field="e", tag="pageview"):
    """An event as ``POST /collect`` takes it."""

    s: str
    u: str
    id: str
    ts: int
    ip: str
    ua: str
    r: str = ""


class SeenView(NamedTuple):
    """A line that counts, as JSON, when it was (ms), and where it is in its log."""

    ts: int
    event: bytes
    place: int


class PageViews:
    """Of one log, for one site. ``left_out`` counts the lines that are none, by reason."""

    def __init__(self, parse: Parser, site: str, host: str) -> None:
        """``host`` is for lines that don't say theirs."""
        self.lines = 0
        self.left_out: Counter[str] = Counter()
        self.bad: list[bytes] = []
        """The first lines that are not of the format."""
        self._parse = parse
        self._site = site
        self._host = host.encode()
        self._encode = msgspec.json.Encoder().encode

    def of(self, lines: Iterable[bytes], place: int, source: str) -> Iterator[SeenView]:
        """``place`` is where the first of them begins in ``source``. Each view's id is made of
        both."""
        for line in lines:
            try:
                found = self._of_line(line)
                if found is not None:
                    yield self._counted(found, source, place)
            except (ValueError, OverflowError, InvalidInput):
                self._leave_bad(line)
            place += len(line) + 1

    def leave_long(self, beginning: bytes) -> None:
        """A line was too long to be read."""
        self.lines += 1
        self._leave_bad(beginning)

    def _of_line(self, line: bytes) -> LogLine | None:
        """None for one that does not count, which is counted here."""
        if not line:
            return None
        if line.startswith(b"#"):
            self._parse(line)  # it may say what the columns are
            return None
        self.lines += 1
        found = self._parse(line) if len(line) <= MAX_LINE else None
        if isinstance(found, LogLine):
            return found
        if found is None:
            self._leave_bad(line)
        else:
            self.left_out[found] += 1
        return None

    def _leave_bad(self, line: bytes) -> None:
        self.left_out["bad lines"] += 1
        if len(self.bad) < SHOWN:
            self.bad.append(line[:SHOWN_BYTES])

    def _counted(self, found: LogLine, source: str, place: int) -> SeenView:
        """Raises ValueError, OverflowError or InvalidInput for what the server would refuse, and
        all else of the body with it."""
        assert found.target is not None
        url = found.target
        if not url.startswith((b"http://", b"https://")):
            host = found.host if found.host not in (b"", b"-", b"_") else self._host
            url = b"https://" + host + url
        view = PageView(
            self._site,
            _text(url),
            f"{source}-{place}",
            time_ms(found.time),
            found.ip.strip(b"[]").decode("ascii"),
            _text(found.user_agent)[:MAX_USER_AGENT],
        )
        if found.referrer.startswith(b"http") and len(found.referrer) <= MAX_URL:
            view.r = _text(found.referrer)
        event = self._encode(view)
        decode(event)
        cut(view.u)
        if parse_address(view.ip) is None:
            raise ValueError("it has no address")
        return SeenView(view.ts, event, place)


def _text(field: bytes) -> str:
    """Without the escapes of the log, and without NUL, which no store takes."""
    if b"\\" in field:
        field = _ESCAPE.sub(lambda found: _unescaped(found[1], found[2]), field)
    return field.decode("utf-8", "replace").replace("\0", "\ufffd")


def _unescaped(code: bytes | None, character: bytes) -> bytes:
    return character if code is None else bytes([int(code, 16)])

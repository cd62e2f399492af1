"""One line of an access log → the fields that count, by the log's format.

Lines are bytes, and stay so until it is known that they count: most are not page views.
"""

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from footfall.errors import InvalidInput
from footfall.logfiles import json_formats
from footfall.logfiles.line import LogLine
from footfall.logfiles.rules import why_left_out

Parser: TypeAlias = Callable[[bytes], LogLine | str | None]
"""A page view, why a line is none, or None for one that is not of the format."""

COMMON = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
COMBINED = COMMON + ' "$http_referer" "$http_user_agent"'
VARIABLES = {
    "remote_addr": "ip",
    "time_local": "time",
    "time_iso8601": "time",
    "msec": "time",
    "request_method": "method",
    "request_uri": "target",
    "uri": "target",
    "status": "status",
    "http_referer": "referrer",
    "http_user_agent": "user_agent",
    "host": "host",
    "http_host": "host",
    "server_name": "host",
}
"""Of nginx's ``log_format``, by the field that they fill; of two for one field the first counts."""
REQUEST = rb"(?:(?P<method>[A-Z]+) (?P<target>[^ \"]+)(?: [^\"]*)?|[^\"]*)"
ALB = [
    rb"\S+ (?P<time>\S+) \S+ (?P<ip>\S+):\d+ (?:\S+ ){4}(?P<status>\S+) \S+ \S+ \S+ ",
    rb'"(?P<method>[A-Z]+|-) (?P<target>\S+) [^"]*"',
    rb' "(?P<user_agent>[^"]*)"',
]
CLOUDFRONT = (
    b"date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    b"cs(User-Agent) cs-uri-query"
)
_RULED = re.compile(rb"\(\?P<(?:method|target|status)>")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def parser(how: str) -> Parser:
    """For a format's name, or a ``log_format`` of nginx. Raises InvalidInput."""
    named = NAMED.get(how)
    if named is not None:
        return named()
    if "$" in how:
        return _matching(_parts(how))
    raise InvalidInput(
        f"there is no format {how!r}: choose from {', '.join(NAMED)}, or give nginx's log_format, "
        f"such as {COMBINED!r}",
        field="format",
    )


def _matching(parts: list[bytes]) -> Parser:
    """For a pattern with the names of ``LogLine`` in it. Its begin says whether a line counts, and
    most don't."""
    rules = [number for number, part in enumerate(parts) if _RULED.search(part)]
    begins = re.compile(b"".join(parts[: rules[-1] + 1])).match
    whole = b"".join(parts)
    groups = [b"(?P<%s>" % name.encode() for name in LogLine._fields]
    match = re.compile(whole + b"".join(each + b")" for each in groups if each not in whole)).match

    def parse(line: bytes) -> LogLine | str | None:
        begin = begins(line)
        if begin is None:
            return None
        reason = why_left_out(*begin.group("method", "target", "status"))
        if reason is not None:
            return reason
        found = match(line)
        return None if found is None else LogLine._make(found.group(*LogLine._fields))

    return parse


def _judged(parse: Callable[[bytes], LogLine | None]) -> Parser:
    """For formats that have to be read whole."""

    def judged(line: bytes) -> LogLine | str | None:
        found = parse(line)
        return found and (why_left_out(found.method, found.target, found.status) or found)

    return judged


def _parts(log_format: str) -> list[bytes]:
    """Patterns of the variables, and of what stands between. Raises InvalidInput when a page view
    needs more."""
    known: set[str] = set()
    parts, end = [], 0
    for variable in _VARIABLE.finditer(log_format):
        parts.append(re.escape(log_format[end : variable.start()]).encode())
        end = variable.end()
        name = variable[1] or variable[2]
        parts.append(_value(name, log_format[end : end + 1], known))
    parts.append(re.escape(log_format[end:]).encode())
    missing = {"ip", "time", "method", "target", "status"} - known
    if missing:
        lacks = ", ".join(sorted(missing))
        raise InvalidInput(f"the log_format {log_format!r} has no {lacks}", field="format")
    return parts


def _value(variable: str, follower: str, known: set[str]) -> bytes:
    """What matches a variable, up to the character that follows it."""
    if variable == "request" and not known & {"method", "target"}:
        known |= {"method", "target"}
        return REQUEST
    stop = re.escape(follower).encode()
    value = b"[^%s]*" % stop if stop else b".*"
    if follower == '"':
        value = rb'[^"\\]*(?:\\.[^"\\]*)*'
    field = VARIABLES.get(variable)
    if field is None or field in known:
        return value
    known.add(field)
    return b"(?P<%s>%s)" % (field.encode(), value)


def _cloudfront() -> Callable[[bytes], LogLine | None]:
    """Tabs between values that are encoded as in URLs; a line says what each is."""
    names = CLOUDFRONT.split()

    def parse(line: bytes) -> LogLine | None:
        nonlocal names
        if line.startswith(b"#"):
            if line.startswith(b"#Fields: "):
                names = line.removeprefix(b"#Fields: ").split()
            return None
        said = dict(zip(names, line.split(b"\t"), strict=False))
        try:
            return _of_cloudfront(said)
        except KeyError:
            return None

    return parse


def _of_cloudfront(said: dict[bytes, bytes]) -> LogLine:
    """Raises KeyError."""
    target, query = said[b"cs-uri-stem"], said.get(b"cs-uri-query", b"-")
    return LogLine(
        said[b"c-ip"],
        said[b"date"] + b"T" + said[b"time"] + b"Z",
        said[b"cs-method"],
        target if query in (b"", b"-") else target + b"?" + query,
        said[b"sc-status"],
        unquote_to_bytes(said.get(b"cs(Referer)", b"-")),
        unquote_to_bytes(unquote_to_bytes(said[b"cs(User-Agent)"])),
        said.get(b"x-host-header", b"-"),
    )


NAMED: dict[str, Callable[[], Parser]] = {
    "combined": lambda: _matching(_parts(COMBINED)),
    "common": lambda: _matching(_parts(COMMON)),
    "caddy": lambda: _judged(json_formats.caddy),
    "nginx-json": lambda: _judged(json_formats.nginx),
    "cloudfront": lambda: _judged(_cloudfront()),
    "alb": lambda: _matching(ALB),
}

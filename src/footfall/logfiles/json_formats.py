"""Access logs whose lines are JSON objects."""

from typing import Any

import msgspec

from footfall.logfiles.line import LogLine


class CaddyRequest(msgspec.Struct):
    method: str = ""
    uri: str = ""
    host: str = ""
    client_ip: str = ""
    remote_ip: str = ""
    headers: dict[str, list[str]] = {}


class CaddyLine(msgspec.Struct):
    ts: float | str
    request: CaddyRequest
    status: int


_decode_caddy = msgspec.json.Decoder(CaddyLine).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def caddy(line: bytes) -> LogLine | None:
    """Lines of other loggers of the server are None."""
    try:
        found = _decode_caddy(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    request = found.request
    return LogLine(
        (request.client_ip or request.remote_ip).encode(),
        str(found.ts).encode(),
        request.method.encode(),
        request.uri.encode(),
        str(found.status).encode(),
        _header(request, "Referer"),
        _header(request, "User-Agent"),
        request.host.encode(),
    )


def _header(request: CaddyRequest, name: str) -> bytes:
    return next(iter(request.headers.get(name, ())), "").encode()


def nginx(line: bytes) -> LogLine | None:
    """An object whose names are those of nginx's variables."""
    try:
        found = _decode_object(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    method, target, *_ = f"{found.get('request', '')}  ".split(" ")
    line_said = LogLine(
        _first(found, "remote_addr"),
        _first(found, "time_iso8601", "msec", "time_local"),
        _first(found, "request_method") or method.encode(),
        _first(found, "request_uri", "uri") or target.encode(),
        _first(found, "status"),
        _first(found, "http_referer", "http_referrer"),
        _first(found, "http_user_agent"),
        _first(found, "host", "http_host", "server_name"),
    )
    return line_said if line_said.ip and line_said.time and line_said.status else None


def _first(found: dict[str, Any], *names: str) -> bytes:
    return next((str(found[name]).encode() for name in names if found.get(name)), b"")

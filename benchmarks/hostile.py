"""Malformed requests, the same ones for a seed: heads, paths, queries, header values, JSON bodies,
WebSocket handshakes and frames."""

import random
from collections.abc import Callable, Iterator

import msgspec

from benchmarks.servers import ADMIN, SITE

API = "/api/analytics"
BITS = (
    *(b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\t", b" ", b":", b";", b",", b'"', b"'", b"\\"),
    *(b"%", b"%00", b"%0d%0a", b"%2e%2e%2f", b"%ff", b"%u0041", b"../", b"//", b"?", b"#", b"&"),
    *(b"\x1b[2J", b"\x7f", b"\x80", b"\xc3\x28", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xff"),
    *(b"\xf0\x9f\x98\x80", b"[", b"]", b"{", b"}", b"[[[[[[", b"{}", b"null", b"-1", b"1e999"),
    *(b"9" * 40, b"A" * 300, b"a=" * 200, b"<script>", b"' OR 1=1", b"${x}", b"() { :;};", b"*"),
    *(b"::1", b"[::1", b"127.0.0.1", b"localhost", b"x@localhost", b"http://[", b"xn--\xc3\xbc"),
)  # fmt: skip
METHODS = (b"GET", b"POST", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"PUT", b"TRACE", b"get", b"")
PATHS = (
    *("/collect", f"{API}/collect", f"{API}/sites", f"{API}/tokens", f"{API}/session", "/healthz"),
    *(f"{API}/sites/{SITE}{rest}" for rest in ("", "/realtime", "/stream", "/goals", "/script")),
    *(f"/sites/{SITE}/realtime", f"/badge/{SITE}.svg", f"{API}/overview", f"{API}/overview/stream"),
    *(f"{API}/sites/{SITE}/goals/1", f"{API}/tokens/1", "/metrics", "/readyz", "/footfall.js", "/"),
    *(f"/sites/{SITE}", "/api/docs", "/api/openapi.json", "/assets/x.js", f"{API}/sites/{SITE}/ws"),
)
READS = tuple(path for path in PATHS if path.endswith(("realtime", "overview", ".svg", "/script")))
PARAMETERS = ("minutes", "limit", "path", "country", "source", "device", "browser", "os", "token",
              "campaign", "position", "period", "x")  # fmt: skip
VALUES = (
    "5",
    "0",
    "-1",
    "31",
    "1e3",
    "DE",
    "/docs*",
    "*",
    "Google",
    "%",
    "%zz",
    "a:1",
    "\u00fc",
    "",
)
HEADERS = ("Host", "Origin", "Authorization", "Cookie", "X-Forwarded-For", "X-Forwarded-Proto",
           "Content-Type", "User-Agent", "Accept-Encoding", "Last-Event-ID", "If-None-Match",
           "Range", "Referer", "DNT", "Content-Encoding", "Expect", "Connection", "Forwarded",
           "Accept", "Sec-GPC")  # fmt: skip
HEADER_VALUES = ("http://[", "http://a@[b", "Bearer ", "Bearer x", "Basic eDp4", "[::1",
                 "footfall_session=a.b.c", "footfall_session=", "[", "x@localhost", "127.0.0.1:x",
                 "a" * 2000, ", " * 500, "100-continue", "bytes=0-", "gzip;q=abc", "null",
                 "epoch:99999999999999999999")  # fmt: skip
BODIES: dict[str, dict[str, object]] = {
    "/collect": {"s": SITE, "e": "event", "u": "https://example.com/?utm_source=x", "sid": "t",
                 "id": "i", "r": "https://t.co/", "sw": 1, "sh": 2, "p": {"name": "n", "value": 1}},
    f"{API}/session": {"token": "ff_x"},
    f"{API}/sites": {"id": "x y", "name": "n", "domains": ["a.b"], "excludeIps": ["1.2.3.4/33"]},
    f"{API}/sites/{SITE}": {"name": "n", "domains": [], "excludePaths": ["x"], "public": True},
    f"{API}/sites/{SITE}/goals": {"name": "g", "kind": "path", "match": "pattern", "value": "("},
    f"{API}/tokens": {"scope": "write", "siteId": None, "name": "n"},
}  # fmt: skip
JSON_BITS = (
    *(b"null", b"true", b"-1", b"1e999", b"9" * 400, b'"\\ud800"', b'"\\u0000"', b"[]", b'""'),
    *(b"{}", b"[" * 2000, b'{"a":' * 500, b'"' + b"x" * 9000 + b'"', b"\xff", b"\xed\xa0\x80"),
    *(b'" - at `$"', b"\n", b"\n\n{", b"\xef\xbb\xbf", b"NaN", b"1.5", b'"http://["', b"/**/"),
)  # fmt: skip
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
SOCKETS = (f"{API}/sites/{SITE}/ws", f"{API}/overview/ws", f"{API}/sites/no/ws", "/ws")


class Malformed(msgspec.Struct, frozen=True):
    """``reusable``: its framing is sound, so that the connection can go on after the answer."""

    kind: str
    data: bytes
    reusable: bool = False


class Maker:
    """Makes malformed requests of every kind in turn."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def __iter__(self) -> Iterator[Malformed]:
        kinds: tuple[Callable[[], Malformed], ...] = (
            self._head,
            self._path,
            self._query,
            self._header,
            self._json,
            self._handshake,
            self._frames,
        )
        while True:
            for make in kinds:
                yield make()

    def _head(self) -> Malformed:
        dice = self._dice
        method, path = dice.choice(METHODS), dice.choice(PATHS).encode()
        version = dice.choice(
            (b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9", b"HTTP/1.1 x", b"")
        )
        framing = dice.choice(
            (
                b"Content-Length: 5",
                b"Content-Length: -1",
                b"Content-Length: 5\r\nContent-Length: 6",
                b"Content-Length: 99999999999999999999",
                b"Transfer-Encoding: chunked",
                b"Transfer-Encoding: chunked\r\nContent-Length: 3",
                b"Transfer-Encoding: gzip, chunked",
                b"Content-Length:",
                b" folded: x\r\n\tmore",
                b"X" * 300 + b": y",
                b"\0: \0",
            )
        )
        end = dice.choice((b"\r\n\r\n", b"\r\n\r\n", b"\n\n", b"\r\n", b""))
        tail = dice.choice(
            (b"", b"{}", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"GET / HTTP/1.1\r\n\r\n")
        )
        head = b"%s %s %s\r\nHost: a\r\n%s%s%s" % (method, path, version, framing, end, tail)
        return Malformed("head", self._spoiled(head, BITS))

    def _path(self) -> Malformed:
        path = self._spoiled(self._dice.choice(PATHS).encode(), BITS)
        return self._request("path", b"GET", path.translate(None, b" \r\n"))

    def _query(self) -> Malformed:
        dice = self._dice
        pairs = [
            f"{dice.choice(PARAMETERS)}={dice.choice(VALUES)}" for _ in range(dice.randint(1, 4))
        ]
        query = self._spoiled("&".join(pairs).encode(), BITS).translate(None, b" \r\n")
        return self._request("query", b"GET", dice.choice(READS).encode() + b"?" + query)

    def _header(self) -> Malformed:
        dice = self._dice
        lines = []
        for _ in range(dice.randint(1, 3)):
            value = self._spoiled(dice.choice(HEADER_VALUES).encode(), BITS)
            lines.append(dice.choice(HEADERS).encode() + b": " + value.translate(None, b"\r\n\0"))
        method = dice.choice((b"GET", b"POST", b"DELETE"))
        body = b"{}" if method == b"POST" else b""
        return self._request("header", method, dice.choice(PATHS).encode(), body, lines)

    def _json(self) -> Malformed:
        dice = self._dice
        path, value = dice.choice(tuple(BODIES.items()))
        body = self._spoiled(msgspec.json.encode(value), JSON_BITS)
        lines = [] if path == "/collect" else [f"Authorization: Bearer {ADMIN}".encode()]
        method = b"PATCH" if path.endswith(SITE) else b"POST"
        return self._request("json", method, path.encode(), body, lines)

    def _handshake(self) -> Malformed:
        dice = self._dice
        lines = [self._spoiled(line.encode(), BITS) for line in UPGRADE if dice.random() < 0.9]
        head = f"GET {dice.choice(SOCKETS)} HTTP/1.1\r\nHost: a\r\n".encode()
        return Malformed("handshake", head + b"\r\n".join(lines) + b"\r\n\r\n")

    def _frames(self) -> Malformed:
        lines = "\r\n".join(("Host: 127.0.0.1", *UPGRADE))
        head = f"GET {self._dice.choice(SOCKETS[:2])} HTTP/1.1\r\n{lines}\r\n\r\n".encode()
        return Malformed(
            "frames", head + b"".join(map(self._frame, range(self._dice.randint(1, 4))))
        )

    def _frame(self, _number: int) -> bytes:
        """A frame whose flags, opcode, length, mask and payload need not fit each other."""
        dice = self._dice
        payload = dice.randbytes(dice.choice((0, 1, 2, 5, 126, 5000)))
        size = dice.choice((len(payload), len(payload), dice.randrange(1 << 40)))
        mask = dice.choice((0x80, 0x80, 0))
        if size < 126:
            length = bytes([mask | size])
        elif size < 1 << 16:
            length = bytes([mask | 126]) + size.to_bytes(2, "big")
        else:
            length = bytes([mask | 127]) + size.to_bytes(8, "big")
        return bytes(
            [dice.choice((0x81, 0x01, 0x80, 0x88, 0x89, 0x8A, 0xF3, 0x8F, dice.randrange(256)))]
        ) + (length + (b"\0\0\0\0" if mask else b"") + payload)

    def _request(
        self,
        kind: str,
        method: bytes,
        path: bytes,
        body: bytes = b"",
        lines: list[bytes] | None = None,
    ) -> Malformed:
        """A request with sound framing, from an address of its own."""
        address = ".".join(str(self._dice.randrange(256)) for _ in range(4)).encode()
        lines = [b"Host: 127.0.0.1", b"X-Forwarded-For: " + address, *(lines or [])]
        lines.append(b"Content-Length: %d" % len(body))
        head = method + b" " + (path or b"/") + b" HTTP/1.1\r\n" + b"\r\n".join(lines)
        return Malformed(kind, head + b"\r\n\r\n" + body, reusable=True)

    def _spoiled(self, text: bytes, bits: tuple[bytes, ...]) -> bytes:
        """``text`` with one to three changes."""
        dice, spoiled = self._dice, bytearray(text)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(spoiled) + 1)
            match dice.randrange(5):
                case 0:
                    spoiled[at:at] = dice.choice(bits)
                case 1:
                    spoiled[at : at + dice.randint(1, 8)] = dice.choice(bits)
                case 2:
                    del spoiled[at : at + dice.randint(1, 8)]
                case 3:
                    spoiled[at : at + 1] = bytes([dice.randrange(256)])
                case _:
                    spoiled[at:at] = spoiled[: dice.randint(1, 40)]
        return bytes(spoiled)

"""One request from one number: the same seed makes the same requests, but for the time."""

from random import Random
from urllib.parse import quote

import msgspec

READER, WRITER, IMPORTER, ADMIN, STRANGER = "reader", "writer", "importer", "admin", "stranger"


class Request(msgspec.Struct, frozen=True):
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    caller: str = STRANGER
    """Whose token it has."""
    is_stream: bool = False
    """Its answer has no end: the head and what comes at once are enough."""

    def encoded(self, token: str | None) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: localhost"]
        if token is not None:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.method not in ("GET", "HEAD"):
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join(lines).encode("utf-8", "surrogatepass")
        return head + b"\r\n\r\n" + self.body


def target(random: Random, path: str, parameters: dict[str, str]) -> str:
    """Encoded, now and then with damage."""
    pairs = [
        f"{quote(name)}={quote(value, errors='surrogatepass')}"
        for name, value in parameters.items()
    ]
    if pairs and random.random() < 0.05:
        pairs.append(random.choice((pairs[0], "%ff=%fe", "=", "&&", "a=%", "x=" + "y" * 5000)))
    return path + ("?" + "&".join(pairs) if pairs else "")

"""The short way to the realtime document, taken before routing.

Pollers ask the same thing again and again. What a request asks for and may do is looked up by
its path, query string and Authorization header, in a table that is dropped whenever the catalog
changes. The document is the hub's, and the same until a second passes or the node takes events.
"""

from starlette.types import Scope

from footfall.catalog.directory import Directory
from footfall.live.hub import Hub
from footfall.window.query import ViewQuery

MAX_REMEMBERED = 10_000
"""Requests told apart by path, query and token; then the table starts anew."""

Key = tuple[str, bytes, bytes | None]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[Headers, bytes]

_HEADERS: Headers = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
]


class FastPath:
    """Requests that were admitted before, by what they look like."""

    def __init__(self, hub: Hub, directory: Directory) -> None:
        self._hub = hub
        self._directory = directory
        self._queries: dict[Key, ViewQuery] = {}
        self._moment = (0, 0)
        self._answers: dict[ViewQuery, Answer] = {}
        """Of this moment."""
        self._version = directory.version

    def answer(self, scope: Scope) -> Answer | None:
        """Headers and body, or None when the long way must be taken."""
        if self._version != self._directory.version:
            self._forget()
            return None
        key = _key(scope)
        query = self._queries.get(key) if key is not None else None
        return self._document(query) if query is not None else None

    def remember(self, scope: Scope, query: ViewQuery) -> None:
        """``scope`` was admitted to ``query``, as the catalog now is."""
        if self._version != self._directory.version or len(self._queries) >= MAX_REMEMBERED:
            self._forget()
        key = _key(scope)
        if key is not None:
            self._queries[key] = query

    def _document(self, query: ViewQuery) -> Answer | None:
        windows = self._hub.windows
        moment = (windows.offset, windows.now())
        if moment != self._moment:
            self._moment = moment
            self._answers.clear()
        answer = self._answers.get(query)
        if answer is None:
            body = self._hub.ready(query)
            if body is None:
                return None
            headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
            answer = self._answers[query] = (headers, body)
        return answer

    def _forget(self) -> None:
        self._queries.clear()
        self._version = self._directory.version


def _key(scope: Scope) -> Key | None:
    """None for a request with a cookie or two tokens, which takes the long way."""
    authorization = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if authorization is not None:
                return None
            authorization = value
        elif name == b"cookie":
            return None
    return scope["path"], scope["query_string"], authorization

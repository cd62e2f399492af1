"""Answers repeated requests for the realtime document before routing.

Pollers repeat the same request. The view of an admitted request is looked up by its path, query
string and Authorization header, in a table that is cleared whenever the catalog changes. The
document comes from the hub and is reused until a second passes or the node folds events.
"""

from typing import NamedTuple, TypeAlias

from starlette.types import Scope

from footfall.catalog.cache import CatalogCache
from footfall.http.auth.admission import PAID, Admission
from footfall.live.hub import Hub
from footfall.principal import HOLDER, READ, Principal, Stranger
from footfall.window.query import ViewQuery

MAX_REMEMBERED = 4096
"""Distinct requests (path, query, token); beyond that the table is cleared."""
MAX_KEY = 512
"""Bytes; a longer request goes through routing."""

Key: TypeAlias = tuple[str, bytes, bytes | None]
RawHeaderList: TypeAlias = list[tuple[bytes, bytes]]
JsonAnswer: TypeAlias = tuple[RawHeaderList, bytes]

_HEADERS: RawHeaderList = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
]


class _Admitted(NamedTuple):
    query: ViewQuery
    is_stranger: bool


class FastPath:
    """Remembers admitted requests and their answers."""

    def __init__(self, hub: Hub, catalog: CatalogCache, admission: Admission) -> None:
        self._admission = admission
        self._hub = hub
        self._catalog = catalog
        self._admitted: dict[Key, _Admitted] = {}
        self._moment = (0, 0)
        self._answers: dict[ViewQuery, JsonAnswer] = {}
        """For ``_moment`` only."""
        self._version = catalog.version

    def answer(self, scope: Scope) -> JsonAnswer | None:
        """Headers and body; None when the request must go through routing."""
        if self._version != self._catalog.version:
            self._forget()
            return None
        key = _key(scope)
        admitted = self._admitted.get(key) if key is not None else None
        if admitted is None:
            return None
        if not admitted.is_stranger:
            return self._document(admitted.query, HOLDER)
        if PAID not in scope:
            return None
        network = self._admission.address(scope).network
        return self._document(admitted.query, Stranger(network, READ))

    def remember(self, scope: Scope, query: ViewQuery, caller: Principal) -> None:
        """Remember that ``scope`` was admitted to ``query`` under the current catalog."""
        if self._version != self._catalog.version or len(self._admitted) >= MAX_REMEMBERED:
            self._forget()
        key = _key(scope)
        if key is not None:
            self._admitted[key] = _Admitted(query, isinstance(caller, Stranger))

    def _document(self, query: ViewQuery, caller: Principal) -> JsonAnswer | None:
        windows = self._hub.windows
        moment = (windows.offset, windows.now())
        if moment != self._moment:
            self._moment = moment
            self._answers.clear()
        answer = self._answers.get(query)
        if answer is None:
            body = self._hub.ready_json(query, caller)
            if body is None:
                return None
            headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
            answer = self._answers[query] = (headers, body)
        return answer

    def _forget(self) -> None:
        self._admitted.clear()
        self._version = self._catalog.version


def _key(scope: Scope) -> Key | None:
    """None for a long request, or one with a cookie or two tokens: it must go through routing."""
    authorization = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if authorization is not None:
                return None
            authorization = value
        elif name == b"cookie":
            return None
    path, query = scope["path"], scope["query_string"]
    if len(path) + len(query) + len(authorization or b"") > MAX_KEY:
        return None
    return path, query, authorization

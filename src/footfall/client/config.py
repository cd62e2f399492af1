"""What to read from which server, and the URLs to read it from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from footfall.errors import InvalidInput
from footfall.model import DEFAULT_LIMIT, Position

API = "/api/analytics"
FILTERS = ("path", "country", "source", "campaign", "device", "browser", "os", "region", "city",
           "event", "goal")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """One view of one site. Public sites need no ``token``."""

    base_url: str
    """The server's address, ``https://stats.example``, with or without ``/api/analytics``."""
    site_id: str
    token: str | None = None
    minutes: int | None = None
    """Length of the window, 1 to the server's retention; 5 when left out."""
    limit: int | None = None
    """Rows per list; 20 when left out."""
    filter: Mapping[str, str] = field(default_factory=dict)
    """Any of ``FILTERS``."""

    def __post_init__(self) -> None:
        """Raises InvalidInput."""
        server = self.base_url.rstrip("/").removesuffix(API)
        if not server.startswith(("http://", "https://")):
            raise InvalidInput(
                f"{self.base_url!r} has no host: outside a web page, give the server's whole "
                "address, https://your-host",
                field="base_url",
            )
        object.__setattr__(self, "base_url", server)
        # The server ignores parameters that it does not know: the numbers would be unfiltered.
        check_keys(self.filter, FILTERS, "filter")

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def feed_limit(self) -> int:
        return DEFAULT_LIMIT if self.limit is None else self.limit

    @property
    def document_url(self) -> str:
        return self._url("realtime", self._query())

    def stats_url(self, request: Mapping[str, str]) -> str:
        """The URL of a report."""
        limit = {} if self.limit is None else {"limit": str(self.limit)}
        return self._url("stats", {**limit, **self.filter, **request})

    def socket_url(self, position: Position | None) -> str:
        """The URL of the live channel; with ``position``, it resumes from there."""
        query = self._query()
        if position is not None:
            query["position"] = f"{position.epoch}:{position.version}"
        return self._url("ws", query).replace("http", "ws", 1)

    def _query(self) -> dict[str, str]:
        numbers = {"minutes": self.minutes, "limit": self.limit}
        return {
            **{name: str(value) for name, value in numbers.items() if value is not None},
            **self.filter,
        }

    def _url(self, name: str, query: Mapping[str, str]) -> str:
        site = quote(self.site_id, safe="")
        url = f"{self.base_url}{API}/sites/{site}/{name}"
        return f"{url}?{urlencode(query)}" if query else url


Config: TypeAlias = ClientConfig | Mapping[str, Any]
"""A config, or a mapping with its fields."""


def as_config(given: Config) -> ClientConfig:
    """Raises InvalidInput for anything else than a config or a mapping with its fields."""
    if isinstance(given, ClientConfig):
        return given
    if not isinstance(given, Mapping):
        raise InvalidInput("give a ClientConfig, or a dict with base_url and site_id")
    known = [each.name for each in fields(ClientConfig)]
    check_keys(given, known, "config")
    for key in ("base_url", "site_id"):
        if key not in given:
            raise InvalidInput(f"the config needs {key}", field=key)
    return ClientConfig(**given)


def check_keys(given: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    for key in given.keys() - set(known):
        likely = get_close_matches(str(key).lower(), known, n=1)
        instead = f"write {likely[0]}" if likely else f"it has {', '.join(known)}"
        raise InvalidInput(f"a {what} has no {key!r}: {instead}", field=str(key))

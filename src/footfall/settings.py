"""All settings: the fields of ``Settings`` have the type, range, default and help of each.

A value comes from its flag, else from ``FOOTFALL_<NAME>``, else from the default. ``SETTINGS`` is
the table of these fields, for the command line; a test compares ``docs/settings.md`` with it.
"""

from collections.abc import Mapping
from ipaddress import ip_network
from math import inf
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from footfall.errors import InvalidInput
from footfall.model import MAX_RETENTION_MINUTES
from footfall.networks import NETWORKS

MIN_ADMIN_TOKEN = 16
"""Characters."""

PATH = r"^(/[A-Za-z0-9._~-]+)*$"
"""Of the server's own URLs; empty for none."""

_SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""Other spellings of the ``true``, ``false``, ``1`` and ``0`` that msgspec reads."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The effective values, checked by ``load``."""

    store: Annotated[
        str,
        Meta(
            description="Where events and sites are stored: sqlite:///path, memory:// or dynamodb://table"
        ),
    ] = "sqlite:///footfall.db"
    host: Annotated[str, Meta(description="Address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0: a free one")] = (
        8000
    )
    admin_token: Annotated[
        str, Meta(description="Admin token for all sites; empty: created at first start")
    ] = ""
    access_log: Annotated[
        bool, Meta(description="Log each request (method, path, status; never addresses)")
    ] = False
    history: Annotated[
        bool,
        Meta(
            description="Keep the past: what the live counters showed at the end of each minute, "
            "and the archive of visits; of several nodes on one store, one is enough"
        ),
    ] = True
    history_folder: Annotated[
        str,
        Meta(
            description="Where the archive is kept; empty: beside the database, or in a temporary "
            "folder for a store in memory"
        ),
    ] = ""
    history_memory_mb: Annotated[
        int,
        Meta(
            ge=64,
            le=1_048_576,
            description="Memory for archiving and reports, in the archive's process, which needs "
            "some 100 MB besides",
        ),
    ] = 256
    history_threads: Annotated[
        int, Meta(ge=1, le=256, description="Threads for archiving and reports")
    ] = 2
    report_seconds: Annotated[
        float, Meta(ge=0.1, le=3600, description="A report that takes longer is given up")
    ] = 30.0
    metrics_from_loopback: Annotated[
        bool,
        Meta(
            description="Answer /metrics without a token to requests from this machine; a proxy on "
            "it must then refuse /metrics itself"
        ),
    ] = False
    site_metrics: Annotated[
        bool,
        Meta(description="On /metrics also the live numbers of each site, by its id"),
    ] = False
    retention_minutes: Annotated[
        int,
        Meta(
            ge=10,
            le=MAX_RETENTION_MINUTES,
            description="Longest window a reader may ask for, in minutes",
        ),
    ] = 30
    presence_seconds: Annotated[
        int, Meta(ge=1, le=600, description="A tab that sends nothing for longer is not present")
    ] = 45
    update_interval_ms: Annotated[
        int,
        Meta(
            ge=10,
            le=10_000,
            description="Time between updates of a view; after a pause two come at once",
        ),
    ] = 250
    tick_seconds: Annotated[
        int,
        Meta(ge=1, le=60, description="A live connection without updates gets a tick this often"),
    ] = 10
    view_linger_seconds: Annotated[
        int, Meta(ge=0, le=3600, description="How long a view stays open after its last reader")
    ] = 60
    max_views_per_site: Annotated[
        int, Meta(ge=1, le=10_000, description="Open views (window and filter) of one site")
    ] = 50
    max_views_per_address: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="Views (window, filter and limit) that an address without a token may have "
            "opened",
        ),
    ] = 20
    max_values_per_breakdown: Annotated[
        int,
        Meta(
            ge=10,
            le=1_000_000,
            description="Distinct values counted separately; the rest is (other)",
        ),
    ] = 10_000
    max_visitors_per_site: Annotated[
        int, Meta(ge=100, le=100_000_000, description="Visitors of one site kept in its window")
    ] = 2_000_000
    max_ids_per_site: Annotated[
        int,
        Meta(
            ge=1000, le=1_000_000_000, description="Event ids of one site remembered, and tab ids"
        ),
    ] = 10_000_000
    max_subscribers: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Live connections, WebSocket and SSE together")
    ] = 5000
    max_subscribers_per_address: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Live connections of one address without a token"),
    ] = 100
    max_connections_per_address: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Connections of one address that is no trusted proxy"),
    ] = 256
    max_head_bytes: Annotated[
        int,
        Meta(ge=4096, le=1_048_576, description="Largest request line with all header fields"),
    ] = 65_536
    head_seconds: Annotated[
        int, Meta(ge=1, le=600, description="Time for a request line and its header fields")
    ] = 10
    body_seconds: Annotated[
        int, Meta(ge=1, le=3600, description="Time for a body, and 1 s more for each 16 KB")
    ] = 30
    stall_seconds: Annotated[
        int, Meta(ge=1, le=600, description="A reader that reads nothing for so long is dropped")
    ] = 30
    rate_limit: Annotated[
        float,
        Meta(
            ge=0,
            le=1_000_000,
            description="Events per second and address, bursts of twice that; 0: no limit",
        ),
    ] = 100.0
    read_rate_limit: Annotated[
        float,
        Meta(
            ge=0,
            le=1_000_000,
            description="Requests without a token per second and address, bursts of twice that; "
            "0: no limit",
        ),
    ] = 50.0
    light_rate_limit: Annotated[
        float,
        Meta(
            ge=0,
            le=1_000_000,
            description="The same for files, pages and probes; 0: no limit",
        ),
    ] = 500.0
    sign_in_limit: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="Sign-ins with a wrong token per minute and address; 0: no limit",
        ),
    ] = 10
    script_path: Annotated[
        str, Meta(pattern=PATH, description="Another path of the tracker, against ad blockers")
    ] = ""
    collect_path: Annotated[
        str, Meta(pattern=PATH, description="Another path of /collect, against ad blockers")
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Networks whose X-Forwarded-For is trusted, or their names (cloudflare, "
            "private, loopback), separated by commas"
        ),
    ] = ("127.0.0.0/8", "::1/128")
    geo_database: Annotated[
        str,
        Meta(
            description="A file in MaxMind's format (GeoLite2, DB-IP) that tells countries, "
            "regions and cities, read again when it changes; empty: countries, from the registries"
        ),
    ] = ""
    geo_headers: Annotated[
        str,
        Meta(
            pattern="^(cloudflare|cloudfront|vercel|)$",
            description="Whose headers tell where the visitor is, if one of trusted_proxies sends "
            "them: cloudflare, cloudfront or vercel",
        ),
    ] = ""
    max_body_bytes: Annotated[
        int, Meta(ge=1024, le=104_857_600, description="Largest body a browser may post")
    ] = 65_536
    max_trusted_body_bytes: Annotated[
        int, Meta(ge=1024, le=104_857_600, description="Largest body with a write token")
    ] = 4_194_304
    max_import_bytes: Annotated[
        int, Meta(ge=1024, le=1 << 40, description="Largest import over HTTP")
    ] = 4_294_967_296
    max_events_per_body: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Largest number of events in one body")
    ] = 10_000
    writer_queue_events: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000_000,
            description="Events that may wait for their commit; beyond that 503",
        ),
    ] = 50_000
    store_timeout_seconds: Annotated[
        float,
        Meta(ge=0.1, le=600, description="How long a request waits for the store's disk; then 503"),
    ] = 10.0
    raw_days: Annotated[
        int, Meta(ge=1, le=36_500, description="Days after which raw events are removed")
    ] = 30


class Setting(msgspec.Struct, frozen=True):
    """One row of the table of settings. ``min`` is None when there is no range."""

    name: str
    kind: type
    annotation: Any
    """The field's type with its range."""
    default: Any
    help: str
    min: float | None = None
    max: float = inf

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return "FOOTFALL_" + self.name.upper()

    @property
    def range(self) -> str:
        return "" if self.min is None else f"{self.min} to {self.max}"

    def show(self, value: Any) -> str:
        """``value`` as a user would write it."""
        if self.kind is bool:
            return str(value).lower()
        return ",".join(value) if self.kind is tuple else str(value)

    def parse(self, text: str) -> Any:
        """The typed value of ``text``. Raises InvalidInput that names the range."""
        try:
            return msgspec.convert(self._prepared(text.strip()), self.annotation, strict=False)
        except ValueError as error:  # msgspec.ValidationError is one
            raise self._refusal(text) from error

    def _prepared(self, text: str) -> str | tuple[str, ...]:
        """``text`` in the form that msgspec converts. Raises ValueError for a bad network."""
        if self.kind is bool:
            return _SWITCHES.get(text.lower(), text)
        if self.kind is not tuple:
            return text
        parts = (part.strip() for part in text.split(",") if part.strip())
        networks = tuple(network for part in parts for network in NETWORKS.get(part, (part,)))
        for network in networks:
            ip_network(network, strict=False)
        return networks

    def _refusal(self, text: str) -> InvalidInput:
        wanted = _WANTED[self.kind] + (f" from {self.range}" if self.range else "")
        return InvalidInput(
            f"{self.name} is {text!r}, but must be {wanted}: "
            f"correct {self.flag} or {self.variable}",
            field=self.name,
        )


_WANTED = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "addresses, networks or their names, separated by commas",
    str: "a path, as in /js/p.js",
}


def _table() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    return tuple(
        _setting(field.name, field.default, hints[field.name])
        for field in msgspec.structs.fields(Settings)
    )


def _setting(name: str, default: Any, hint: Any) -> Setting:
    base, meta = get_args(hint)[0], hint.__metadata__[0]
    return Setting(
        name=name,
        kind=get_origin(base) or base,
        annotation=hint,
        default=default,
        help=meta.description,
        min=meta.ge,
        max=inf if meta.le is None else meta.le,
    )


SETTINGS = _table()


def load(flags: Mapping[str, str | None], environment: Mapping[str, str]) -> Settings:
    """The effective settings: flag, else environment, else default.

    ``flags`` maps setting names to the given text, or None. Raises InvalidInput.
    """
    values = {}
    for setting in SETTINGS:
        text = flags.get(setting.name)
        if text is None:
            text = environment.get(setting.variable)
        if text is not None:
            values[setting.name] = setting.parse(text)
    settings = Settings(**values)
    _check_admin_token(settings.admin_token)
    return settings


def _check_admin_token(token: str) -> None:
    """Never shows the token: the message goes to logs."""
    if token and len(token) < MIN_ADMIN_TOKEN:
        raise InvalidInput(
            f"admin_token has {len(token)} characters, but must have {MIN_ADMIN_TOKEN} or more, "
            "since it opens everything: make one, with `openssl rand -hex 16` for example, or "
            "leave FOOTFALL_ADMIN_TOKEN out to have one made",
            field="admin_token",
        )

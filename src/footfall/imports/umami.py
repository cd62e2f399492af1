"""The export of Umami: its single events, each with its session."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from sys import getsizeof

import msgspec

from footfall.collect.collector import Collector
from footfall.collect.wire import WireEvent, checked
from footfall.enrich.draft import NOWHERE, Agent, Draft
from footfall.enrich.enricher import Enricher
from footfall.enrich.goals import Goals
from footfall.enrich.properties import lift_properties
from footfall.enrich.source import Sources, name_campaign
from footfall.enrich.visitor import VisitorHashes
from footfall.errors import InvalidInput
from footfall.imports.ndjson import ANY_AGE, LINK_MS, checked_time, importing_caller
from footfall.imports.salts import PassingSalts
from footfall.imports.tables import Row, Tables
from footfall.model import DropReason, Event, Scalar, SiteRules, named_place

EVENTS = "website_event"
PROPERTIES = "event_data"
PAGE_VIEW, CUSTOM_EVENT = "1", "2"
BROWSERS = {
    "chrome": "Chrome",
    "chromium-webview": "Android WebView",
    "crios": "Chrome",
    "edge": "Edge",
    "edge-chromium": "Edge",
    "edge-ios": "Edge",
    "facebook": "Facebook",
    "firefox": "Firefox",
    "fxios": "Firefox",
    "instagram": "Instagram",
    "ios": "Safari",
    "ios-webview": "iOS WebView",
    "opera": "Opera",
    "safari": "Safari",
    "samsung": "Samsung Internet",
    "yandexbrowser": "Yandex Browser",
}
SYSTEMS = {"Mac OS": "macOS", "Android OS": "Android", "Chrome OS": "ChromeOS"}
DEVICES = {"laptop": "desktop"}
MAX_NAME = 64
"""Characters of a browser's name, a city's and so on."""
MAX_PROPERTY_BYTES = 1 << 30
"""They come apart from their events, and are held in memory."""


class UmamiImport:
    """Reads the events of one site, with its rules of today: exclusions, goals. A session is a
    visitor, who is another one on the next UTC day."""

    def __init__(self, rules: SiteRules, now: int) -> None:
        self.dropped: Counter[DropReason] = Counter()
        self._rules = rules
        self._caller = importing_caller(rules.site.id, now)
        self._collector = Collector(ANY_AGE)
        self._agent = Agent(None, None, None)
        self._place = NOWHERE
        self._enricher = Enricher(
            (
                self._describe,
                VisitorHashes(PassingSalts(), LINK_MS).identify,
                Sources().name,
                name_campaign,
                lift_properties,
                Goals().match,
            )
        )

    def events(self, tables: Tables) -> Iterator[Event]:
        """Raises InvalidInput, which names the line."""
        if EVENTS not in tables.names:
            raise InvalidInput(
                f"there is no {EVENTS}.csv in it: give the zip file that Umami exports, or this "
                "file of it"
            )
        properties = _properties(tables)
        for number, row in enumerate(tables.rows(EVENTS), 2):
            try:
                outcome = self._event(row, properties)
            except (InvalidInput, KeyError, ValueError, OverflowError) as error:
                raise InvalidInput(f"{EVENTS}.csv, line {number}: {error}") from error
            if isinstance(outcome, DropReason):
                self.dropped[outcome] += 1
            else:
                yield outcome

    def _event(self, row: Row, properties: dict[str, dict[str, Scalar]]) -> Event | DropReason:
        kind = row.get("event_type", PAGE_VIEW)
        if kind not in (PAGE_VIEW, CUSTOM_EVENT):
            return DropReason.UNSUPPORTED
        props = properties.get(row["event_id"])
        wire = WireEvent(
            site=self._rules.site.id,
            type="pageview" if kind == PAGE_VIEW else "event",
            url=_url(row),
            referrer=_referrer(row),
            title=row.get("page_title") or None,
            props={**(props or {}), "name": row["event_name"]} if kind == CUSTOM_EVENT else props,
            id=row["event_id"],
            ts=checked_time(_time(row["created_at"])),
        )
        checked(wire)
        hit = self._collector.collect(wire, self._rules, self._caller)
        if isinstance(hit, DropReason):
            return hit
        hit = msgspec.structs.replace(hit, network=row["session_id"])
        self._agent = Agent(
            BROWSERS.get(row.get("browser", ""), _name(row, "browser")),
            _system(_name(row, "os")),
            DEVICES.get(row.get("device", ""), _name(row, "device")),
        )
        self._place = named_place(
            _name(row, "country"), _name(row, "subdivision1"), _name(row, "city")
        )
        return self._enricher.enrich(hit, self._rules)

    def _describe(self, draft: Draft) -> None:
        """Step: what the row says, in place of address and user agent."""
        draft.agent, draft.place = self._agent, self._place


def _properties(tables: Tables) -> dict[str, dict[str, Scalar]]:
    """Of custom events, by the event's id."""
    found: dict[str, dict[str, Scalar]] = {}
    size = 0
    rows = tables.rows(PROPERTIES) if PROPERTIES in tables.names else iter(())
    for number, row in enumerate(rows, 2):
        try:
            event_id, key, value = row["event_id"], row["data_key"], _value(row)
        except (KeyError, ValueError) as error:
            raise InvalidInput(f"{PROPERTIES}.csv, line {number}: {error}") from error
        found.setdefault(event_id, {})[key] = value
        size += sum(map(getsizeof, (event_id, key, value)))
        if size > MAX_PROPERTY_BYTES:
            raise InvalidInput(
                f"the properties in {PROPERTIES}.csv don't fit in {MAX_PROPERTY_BYTES >> 20} MiB "
                "of memory: export a shorter time at once"
            )
    return found


def _value(row: Row) -> Scalar:
    """Raises ValueError."""
    text, number = row.get("string_value") or None, row.get("number_value")
    return float(number) if number and text is None else text


def _url(row: Row) -> str:
    query = row.get("url_query", "")
    return f"https://{row.get('hostname') or 'localhost'}{row['url_path']}" + (
        f"?{query.removeprefix('?')}" if query else ""
    )


def _referrer(row: Row) -> str | None:
    domain = row.get("referrer_domain")
    return f"https://{domain}{row.get('referrer_path', '')}" if domain else None


def _time(text: str) -> int:
    """In ms; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _name(row: Row, column: str) -> str | None:
    """Cut, as it may be. Raises ValueError."""
    text = row.get(column, "")[:MAX_NAME]
    if "\0" in text:
        raise ValueError(f"{column} has a NUL character")
    return text or None


def _system(name: str | None) -> str | None:
    if name is not None and name.startswith("Windows"):
        return "Windows"
    return name and SYSTEMS.get(name, name)

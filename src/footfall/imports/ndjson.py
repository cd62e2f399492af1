"""Footfall's own wire form, one event a line, with ``ts`` of any age."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from footfall.collect.address import LOCAL, parse_address
from footfall.collect.caller import Caller
from footfall.collect.collector import Collector
from footfall.collect.wire import OtherEvent, decode
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.enrich.geo import FindPlace, registered
from footfall.errors import InvalidInput
from footfall.history.periods import FIRST_DAY, LAST_DAY, TIMES
from footfall.imports.salts import PassingSalts
from footfall.model import DropReason, Event, SiteRules
from footfall.times import MINUTE_MS

MAX_LINE = 4 << 20
"""Bytes: as many as a body of /collect may have."""
ANY_AGE = 1 << 62
LINK_MS = 30 * MINUTE_MS
"""After midnight, in which a visitor is told to be the one of the day before."""


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """Raises InvalidInput for a line that is too long, which is not read whole."""
    number = 0
    while line := source.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise InvalidInput(
                f"line {number}: it has more than {MAX_LINE} bytes: write one event on each line"
            )
        yield line


def checked_time(ts: int | None) -> int:
    """Raises InvalidInput."""
    if ts is None:
        raise InvalidInput("it has no ts: say when it was, in ms since 1970", field="ts")
    if ts not in TIMES:
        raise InvalidInput(
            f"ts is not a time from {FIRST_DAY} to {LAST_DAY}, in ms since 1970: correct it",
            field="ts",
        )
    return ts


def importing_caller(site: str, now: int) -> Caller:
    """Whose word on times is believed."""
    local = parse_address(LOCAL)
    assert local is not None
    return Caller(now, local, "", write_site=site)


class NdjsonImport:
    """Reads the lines for one site, with its rules of today: exclusions, goals, bots."""

    def __init__(self, rules: SiteRules, now: int, find_place: FindPlace = registered) -> None:
        self.dropped: Counter[DropReason] = Counter()
        self._rules = rules
        self._caller = importing_caller(rules.site.id, now)
        self._collector = Collector(ANY_AGE)
        self._enricher = Enricher(enrichment_steps(PassingSalts(), LINK_MS, find_place))

    def events(self, lines: Iterable[bytes]) -> Iterator[Event]:
        """Raises InvalidInput, which names the line."""
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                outcome = self._event(line)
            except InvalidInput as error:
                raise InvalidInput(f"line {number}: {error}", error.field) from None
            if isinstance(outcome, DropReason):
                self.dropped[outcome] += 1
            else:
                yield outcome

    def _event(self, line: bytes) -> Event | DropReason:
        wire = decode(line)
        if wire.site != self._rules.site.id:
            raise InvalidInput(
                f"it is of site {wire.site!r}, not {self._rules.site.id!r}: import each site's "
                "events by themselves",
                field="s",
            )
        if isinstance(wire, OtherEvent):
            return DropReason.UNSUPPORTED
        checked_time(wire.ts)
        hit = self._collector.collect(wire, self._rules, self._caller)
        return hit if isinstance(hit, DropReason) else self._enricher.enrich(hit, self._rules)

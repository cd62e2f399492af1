"""The export of Plausible (Site settings, Imports & exports): totals of each day by one dimension
at a time."""

import re
from collections.abc import Iterator
from datetime import date

from footfall.collect.wire import MAX_TEXT
from footfall.enrich.goals import SiteGoals
from footfall.enrich.source import DIRECT
from footfall.errors import InvalidInput
from footfall.history.periods import FIRST_DAY, LAST_DAY
from footfall.imports.tables import Row, Tables
from footfall.model import DayTotals, SiteRules, TotalsDimension

PROVIDER = "Plausible"
MAX_NUMBER = 10**12
"""Sums of the most rows that there are have 64 bits."""
TABLE = re.compile(r"imported_([a-z_]+?)(_\d{8}_\d{8})?")
COLUMNS: dict[str, tuple[TotalsDimension, str]] = {
    "visitors": ("", ""),
    "sources": ("source", "source"),
    "pages": ("path", "page"),
    "entry_pages": ("entry_path", "entry_page"),
    "exit_pages": ("exit_path", "exit_page"),
    "locations": ("country", "country"),
    "devices": ("device", "device"),
    "browsers": ("browser", "browser"),
    "operating_systems": ("os", "operating_system"),
    "custom_events": ("event", "name"),
}
"""By table: the dimension, and the column of its values."""
VISITS = {"entry_pages": "entrances", "exit_pages": "exits"}
"""The column of the visits, where it is not ``visits``."""
NAMES: dict[TotalsDimension, dict[str, str]] = {
    "source": {"": DIRECT, "Direct / None": DIRECT},
    "device": {"Desktop": "desktop", "Laptop": "desktop", "Mobile": "mobile", "Tablet": "tablet"},
    "browser": {"Microsoft Edge": "Edge", "Samsung Browser": "Samsung Internet"},
    "os": {"Mac": "macOS", "GNU/Linux": "Linux", "Chrome OS": "ChromeOS"},
}
"""What we call the same."""


class PlausibleImport:
    """Reads the totals of one site; those of a day that it counted itself are left out."""

    def __init__(self, rules: SiteRules, first_own: date) -> None:
        """``first_own`` is the first day that the site counted itself."""
        self.left_out: set[date] = set()
        self._goals = SiteGoals(rules)
        self._first_own = first_own

    def totals(self, tables: Tables) -> Iterator[DayTotals]:
        """Raises InvalidInput."""
        known = {name: found[1] for name in tables.names if (found := TABLE.fullmatch(name))}
        if not set(known.values()) & set(COLUMNS):
            raise InvalidInput(
                "there is no table of Plausible's in it, like imported_visitors.csv: give the zip "
                "file that Plausible exports, or one of the files in it"
            )
        for name, table in known.items():
            if table in COLUMNS:
                yield from self._of_table(name, table, tables)

    def _of_table(self, name: str, table: str, tables: Tables) -> Iterator[DayTotals]:
        for number, row in enumerate(tables.rows(name), 2):
            try:
                for each in self._of_row(table, row):
                    if each.day >= self._first_own:
                        self.left_out.add(each.day)
                    else:
                        yield each
            except (KeyError, ValueError, OverflowError) as error:
                raise InvalidInput(
                    f"{name}.csv, line {number}: it is not as Plausible writes it ({error}): "
                    "export it again"
                ) from error

    def _of_row(self, table: str, row: Row) -> Iterator[DayTotals]:
        dimension, column = COLUMNS[table]
        day = date.fromisoformat(row["date"])
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(f"{day} is not a day from {FIRST_DAY} to {LAST_DAY}")
        value = _text(row, column) if column else ""
        value = NAMES.get(dimension, {}).get(value, value)

        def totals(dimension: TotalsDimension, value: str, count: int = 0) -> DayTotals:
            return DayTotals(
                day=day,
                dimension=dimension,
                value=value,
                visitors=_number(row, "visitors"),
                visits=_number(row, VISITS.get(table, "visits")),
                page_views=_number(row, "pageviews"),
                bounces=_number(row, "bounces"),
                visit_seconds=_number(row, "visit_duration"),
                count=count,
                provider=PROVIDER,
            )

        count = _number(row, "events")
        yield totals(dimension, value, count)
        if table == "sources" and row.get("utm_campaign"):
            yield totals("campaign", _text(row, "utm_campaign"))
        if table == "pages":
            for goal in self._goals.by_path(value):
                yield totals("goal", goal, _number(row, "pageviews"))
        if table == "custom_events":
            for goal in self._goals.by_event(value):
                yield totals("goal", goal, count)


def _number(row: Row, column: str) -> int:
    """0 where the table has no such column. Raises ValueError and OverflowError."""
    number = int(float(row.get(column) or 0))
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"{column} is not a number from 0 to {MAX_NUMBER}")
    return number


def _text(row: Row, column: str) -> str:
    """Cut, as it may be. Raises KeyError and ValueError."""
    text = row[column]
    if "\0" in text:
        raise ValueError(f"{column} has a NUL character")
    return text[:MAX_TEXT]

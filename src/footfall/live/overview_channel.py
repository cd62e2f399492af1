"""All sites that a reader may see, one row each, as a channel."""

from collections.abc import Callable
from typing import TypeAlias

from footfall.documents import OverviewDocument, OverviewRow
from footfall.live.channel import Channel
from footfall.live.message import Fields, json_array
from footfall.live.sections import Section
from footfall.times import utc
from footfall.window.reader import Reader, minute_row

SiteName: TypeAlias = Callable[[str], str]
"""From a site's id to its name."""


class OverviewChannel(Channel):
    """An update contains the rows that changed; each replaces the one with its ``siteId``."""

    def __init__(self, readers: list[Reader], name: SiteName, interval: float) -> None:
        super().__init__(interval)
        self._readers = {reader.query.site: reader for reader in readers}
        self._name = name
        self._rows: dict[str, Section[OverviewRow]] = {site: Section() for site in self._readers}
        self._states: dict[str, tuple[str, int]] = {}
        """The name and the window's revision from which each row was made."""
        self._outdated = set(self._readers)
        """Sites whose row may have changed."""
        self._now = 0
        self.refresh()

    @property
    def as_of(self) -> str:
        return utc(self._now)

    def shows(self, site: str) -> bool:
        return site in self._readers

    def advance(self, second: int) -> None:
        """Advance every site's window to ``second``; visitors may age out of any of them."""
        if second == self._now:
            return
        self._now = second
        for site, reader in self._readers.items():
            reader.window.advance(second)
            if self._states.get(site) != self._state_of(site):
                self._outdated.add(site)

    def site_changed(self, site: str) -> None:
        if site in self._readers:
            self._outdated.add(site)
            self.wake()

    def document(self) -> OverviewDocument:
        self.refresh()
        return OverviewDocument(self.as_of, [row.value for row in self._rows.values()])

    def fields(self, since: int | None) -> Fields:
        yield "asOf", b'"%s"' % self.as_of.encode()
        rows = [row.json for row in self._rows.values() if since is None or row.version > since]
        yield "sites", json_array(rows)

    def _update(self, version: int) -> bool:
        changed = False
        for site in self._outdated:
            state = self._state_of(site)
            if self._states.get(site) != state:
                self._states[site] = state
                row = overview_row(self._readers[site], state[0])
                changed |= self._rows[site].update(row, version)
        self._outdated.clear()
        return changed

    def _state_of(self, site: str) -> tuple[str, int]:
        return self._name(site), self._readers[site].window.revision


def overview_row(reader: Reader, name: str) -> OverviewRow:
    pages = reader.rows("activePages")
    return OverviewRow(
        site_id=reader.query.site,
        name=name,
        current_visitors=reader.current_visitors,
        per_minute=[minute_row(row) for row in reader.minute_rows()],
        top_page=pages[0].path if pages else None,
    )

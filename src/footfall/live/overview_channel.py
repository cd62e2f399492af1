"""All sites that a reader may see, a row each, as a channel."""

from collections.abc import Callable

from footfall.documents import OverviewRow
from footfall.live.channel import Channel
from footfall.live.message import Fields, json_array
from footfall.live.sections import Section
from footfall.window.document import minute_row, utc
from footfall.window.reading import Reader

SiteName = Callable[[str], str]


class OverviewChannel(Channel):
    """An update has the rows that changed, each replacing the one with its ``siteId``."""

    def __init__(self, readers: list[Reader], name: SiteName, interval: float) -> None:
        super().__init__(interval)
        self._readers = readers
        self._name = name
        self._rows = {reader.query.site: Section() for reader in readers}
        self._seen: dict[str, tuple[object, ...]] = {}
        self._now = 0
        self.refresh()

    @property
    def as_of(self) -> str:
        return utc(self._now)

    def advance(self, second: int) -> None:
        """Let every window be at ``second`` before it is read."""
        self._now = second
        for reader in self._readers:
            reader.window.advance(second)

    def fields(self, since: int | None) -> Fields:
        yield "asOf", b'"%s"' % self.as_of.encode()
        rows = [row.json for row in self._rows.values() if since is None or row.version > since]
        yield "sites", json_array(rows)

    def _update(self, version: int) -> bool:
        changed = False
        for reader in self._readers:
            site = reader.query.site
            state = (
                self._name(site),
                reader.totals["currentVisitors"],
                reader.list_editions["activePages"],
                reader.minutes_edition,
            )
            if self._seen.get(site) != state:
                self._seen[site] = state
                changed |= self._rows[site].update(_row(reader, self._name(site)), version)
        return changed


def _row(reader: Reader, name: str) -> OverviewRow:
    pages = reader.rows("activePages")
    return OverviewRow(
        site_id=reader.query.site,
        name=name,
        current_visitors=reader.totals["currentVisitors"],
        per_minute=[minute_row(row) for row in reader.minute_rows()],
        top_page=pages[0].path if pages else None,
    )

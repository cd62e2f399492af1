"""Files that were made to break the import, or broke on their way: one line says so."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from footfall.errors import InvalidInput
from footfall.history.periods import LAST_DAY
from footfall.imports import ndjson, tables, umami
from footfall.imports.ndjson import NdjsonImport, lines_of
from footfall.imports.plausible import PlausibleImport
from footfall.imports.tables import Tables
from footfall.imports.umami import UmamiImport
from footfall.model import SiteRules
from tests.ingesting import CHROME, NOW, encoded, rules, wire

VISITORS = "date,visitors,pageviews,bounces,visits,visit_duration\n"
EVENTS = "event_id,session_id,url_path,event_type,event_name,created_at,country\n"


class Counted(io.BytesIO):
    """``read_bytes`` is how much was read of it."""

    read_bytes = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.read_bytes += len(line)
        return line


def test_a_line_without_end_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "MAX_LINE", 100)
    source = Counted(b"x" * 99 + b"\n" + b"x" * 1_000_000)
    with pytest.raises(InvalidInput, match="line 2: it has more than 100 bytes"):
        list(lines_of(source))
    assert source.read_bytes <= 300


LINE = wire(ts=NOW, ip="203.0.113.7", ua=CHROME)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (encoded({**LINE, "ts": -1}), "ts is not a time"),
        (encoded({**LINE, "ts": -62_167_219_200_000}), "ts is not a time"),
        (encoded({**LINE, "ts": 4_102_444_800_000}), "ts is not a time"),
        (encoded({**LINE, "ts": 10**18}), "ts is not a time"),
        (encoded({**LINE, "p": {"n": 1 << 64}}), "p is not valid"),
        (encoded({**LINE, "p": {"n": "@"}}).replace(b'"@"', b"1e400"), "p is not valid"),
        (encoded({**LINE, "t": "\0"}), "NUL"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_with_its_line(line: bytes, why: str) -> None:
    good = encoded({**LINE, "ts": 0})
    with pytest.raises(InvalidInput, match=f"line 2: .*{why}"):
        list(NdjsonImport(rules(), NOW).events([good, line]))


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return path


def test_a_file_that_unpacks_to_far_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SMALL", 1 << 20)
    bomb = zipped(tmp_path / "bomb.zip", imported_visitors=VISITORS + "0" * (4 << 20))
    with pytest.raises(InvalidInput, match="unpacks to 4 MiB"):
        Tables(bomb)


@pytest.mark.parametrize("row", ["x" * 5_000, "x," * 5_000, '"x\n",' * 5_000, '"' + "x\n" * 5_000])
def test_a_row_without_end_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(tables, "MAX_ROW", 1_000)
    (tmp_path / "visitors.csv").write_text(VISITORS + row + "\n")
    read = Tables(tmp_path / "visitors.csv").rows("visitors")
    with pytest.raises(InvalidInput, match="a row has more than 1000 characters"):
        list(read)


def test_many_rows_are_no_long_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROW", 100)
    (tmp_path / "visitors.csv").write_text(VISITORS + "2026-01-01,1,1,1,1,1\n" * 1_000)
    assert len(list(Tables(tmp_path / "visitors.csv").rows("visitors"))) == 1_000


@pytest.mark.parametrize(
    "row",
    [
        "0001-01-01,1,1,1,1,1",
        "1969-12-31,1,1,1,1,1",
        "2100-01-01,1,1,1,1,1",
        "2026-01-01,1e400,1,1,1,1",
        "2026-01-01,nan,1,1,1,1",
        "2026-01-01,-1,1,1,1,1",
        "2026-01-01,1e30,1,1,1,1",
        "2026-01-01,1,1,1,1,inf",
        "2026-01-01,x,1,1,1,1",
    ],
)
def test_totals_that_make_no_sense_are_refused_with_their_line(tmp_path: Path, row: str) -> None:
    good = "2026-01-01,1,1,1,1,1\n"
    file = zipped(tmp_path / "export.zip", imported_visitors=VISITORS + good + row)
    read = PlausibleImport(rules(), LAST_DAY).totals(Tables(file))
    with pytest.raises(InvalidInput, match=r"imported_visitors\.csv, line 3: "):
        list(read)


def test_totals_are_read_as_they_are_wanted(tmp_path: Path) -> None:
    """So a file of any length takes little memory."""
    file = zipped(tmp_path / "export.zip", imported_visitors=VISITORS + "2026-01-01,1,1,1,1,1\nx")
    read = PlausibleImport(rules(), LAST_DAY).totals(Tables(file))
    assert isinstance(read, Iterator)
    assert next(read).visitors == 1


@pytest.fixture
def site() -> SiteRules:
    return rules()


@pytest.mark.parametrize(
    "row",
    [
        "1,anna,/,1,,0001-01-01 00:00:00,DE",
        "1,anna,/,1,,1969-12-31 23:59:59,DE",
        "1,anna,/,1,,2100-01-01 00:00:00,DE",
        "1,anna,/,2,,2026-01-01 10:00:00,DE",
        f"1,anna,/{'x' * 3_000},1,,2026-01-01 10:00:00,DE",
        f"{'1' * 65},anna,/,1,,2026-01-01 10:00:00,DE",
        "1,anna,/\0,1,,2026-01-01 10:00:00,DE",
    ],
)
def test_events_of_umami_that_make_no_sense_are_refused_with_their_line(
    tmp_path: Path, site: SiteRules, row: str
) -> None:
    file = zipped(tmp_path / "export.zip", website_event=EVENTS + row)
    with pytest.raises(InvalidInput, match=r"website_event\.csv, line 2: "):
        list(UmamiImport(site, NOW).events(Tables(file)))


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("1e400", "website_event.csv, line 2: p is not valid"),
        ("nan", "website_event.csv, line 2: p is not valid"),
        ("x", "event_data.csv, line 2: "),
    ],
)
def test_properties_of_umami_that_make_no_sense(
    tmp_path: Path, site: SiteRules, number: str, why: str
) -> None:
    file = zipped(
        tmp_path / "export.zip",
        website_event=EVENTS + "1,anna,/,2,signup,2026-01-01 10:00:00,DE",
        event_data=f"event_id,data_key,string_value,number_value\n1,n,,{number}",
    )
    with pytest.raises(InvalidInput, match=why):
        list(UmamiImport(site, NOW).events(Tables(file)))


def test_properties_of_umami_have_a_bound_in_memory(
    tmp_path: Path, site: SiteRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(umami, "MAX_PROPERTY_BYTES", 1 << 20)
    rows = "".join(f"{number},key,{'x' * 100},\n" for number in range(10_000))
    file = zipped(
        tmp_path / "export.zip",
        website_event=EVENTS,
        event_data=f"event_id,data_key,string_value,number_value\n{rows}",
    )
    with pytest.raises(InvalidInput, match="fit in 1 MiB"):
        list(UmamiImport(site, NOW).events(Tables(file)))

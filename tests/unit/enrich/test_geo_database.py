"""A database in MaxMind's format: what it says, and what happens when its file changes."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.enrich.geo import registered
from footfall.enrich.geo_database import GeoDatabase, open_geo_database, place_finder
from footfall.errors import InvalidInput
from footfall.model import GeoPlace
from tests.mmdb import MUNICH, write_database

NOWHERE = GeoPlace()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "places.mmdb"
    write_database(
        path,
        ("203.0.113.0/24", MUNICH),
        ("198.51.100.0/25", {"country": {"iso_code": "IT"}, "city": {"names": {"en": "Rome"}}}),
        ("198.51.100.128/25", {"registered_country": {"iso_code": "FR"}}),
        ("2001:db8::/32", {"country": {"iso_code": "JP"}}),
        ("192.0.2.0/24", {"continent": {"code": "EU"}}),
    )
    return path


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", GeoPlace("DE", "Bavaria, DE", "Munich, Bavaria, DE")),
        ("198.51.100.1", GeoPlace("IT", None, "Rome, IT")),
        ("198.51.100.200", GeoPlace("FR")),
        ("2001:db8::7", GeoPlace("JP")),
        ("192.0.2.1", NOWHERE),
        ("8.8.8.8", NOWHERE),
        ("testclient", NOWHERE),
    ],
)
def test_where_an_address_is(path: Path, address: str, place: GeoPlace) -> None:
    assert GeoDatabase(path).place(address) == place


ODD: tuple[dict[str, Any], ...] = (
    {},
    {"country": "DE"},
    {"country": {"iso_code": 49}},
    {"country": {"iso_code": "Germany"}},
    {"country": ["DE"]},
    {"country": {"iso_code": ["DE"]}, "registered_country": 5},
    {"subdivisions": {"0": "BY"}},
    {"subdivisions": []},
    {"subdivisions": ["BY"]},
    {"subdivisions": [{"names": ["Bavaria"]}]},
    {"subdivisions": [{"names": {"en": 7}}]},
    {"city": 5},
    {"city": {"names": "Munich"}},
    {"city": {"names": {"en": {"text": "Munich"}}}},
    {"city": {"names": {}}},
    {"city": {"names": {"en": "x" * 5000, "de": "a\0b"}}},
)


@pytest.mark.parametrize("record", ODD)
def test_a_record_of_another_shape_is_unknown(tmp_path: Path, record: dict[str, Any]) -> None:
    path = tmp_path / "odd.mmdb"
    write_database(path, ("203.0.113.0/24", record))
    assert GeoDatabase(path).place("203.0.113.7") == NOWHERE


def test_parts_of_a_record_that_are_as_they_should_be_are_known(tmp_path: Path) -> None:
    path = tmp_path / "odd.mmdb"
    names = {"en": 5, "de": "München"}
    record = {"country": 5, "registered_country": {"iso_code": "DE"}, "city": {"names": names}}
    write_database(path, ("203.0.113.0/24", record))
    assert GeoDatabase(path).place("203.0.113.7") == GeoPlace("DE", None, "München, DE")


KEYS = st.sampled_from(
    ("country", "registered_country", "subdivisions", "city", "names", "iso_code", "en", "de")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(record=st.dictionaries(KEYS, VALUES))
def test_no_record_is_an_error(record: dict[str, Any]) -> None:
    class Reader:
        def get(self, _address: str) -> object:
            return record

    database = GeoDatabase.__new__(GeoDatabase)
    database._reader = Reader()  # type: ignore[assignment]
    place = database.place("203.0.113.7")
    for part in (place.country, place.region, place.city):
        assert part is None or 0 < len(part) < 1000


def test_a_file_that_changes_is_read_again(path: Path) -> None:
    database = GeoDatabase(path)
    write_database(path, ("203.0.113.0/24", {"country": {"iso_code": "AT"}}))
    assert database.place("203.0.113.7").country == "DE"
    database.refresh()
    assert database.place("203.0.113.7") == GeoPlace("AT")


def test_a_file_that_is_damaged_or_gone_leaves_the_old_one_in_use(path: Path) -> None:
    """Also one that is overwritten where it is, while it is in use."""
    database = GeoDatabase(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(os.urandom(size // 2))
    assert database.place("203.0.113.7").country == "DE"
    database.refresh()
    assert database.place("203.0.113.7").country == "DE"
    path.unlink()
    database.refresh()
    assert database.place("2001:db8::7").country == "JP"
    write_database(path, ("203.0.113.0/24", {"country": {"iso_code": "AT"}}))
    database.refresh()
    assert database.place("203.0.113.7").country == "AT"


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_a_server_does_not_start_without_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "places.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match="can't be read"):
        open_geo_database(str(path))


def test_without_one_countries_are_those_of_the_registries() -> None:
    assert open_geo_database("") is None
    assert place_finder(None) is registered

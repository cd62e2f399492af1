"""Databases of places in MaxMind's format."""

from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

MUNICH = {
    "country": {"iso_code": "DE"},
    "subdivisions": [{"iso_code": "BY", "names": {"en": "Bavaria", "de": "Bayern"}}],
    "city": {"names": {"en": "Munich", "de": "München"}},
}


def write_database(path: Path, *networks: tuple[str, dict[str, Any]]) -> None:
    """In the place of what is there, as ``geoipupdate`` does it."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, languages=["en"])
    for network, record in networks:
        writer.insert_network(IPSet([network]), record)
    new = path.with_suffix(".new")
    writer.to_db_file(str(new))
    new.rename(path)

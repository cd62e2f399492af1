import pytest

from footfall.enrich.geo import Locations, registered
from footfall.model import GeoPlace
from tests.ingesting import draft


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("8.8.8.8", "US"),
        ("2001:200::1", "JP"),
        ("10.0.0.1", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("testclient", None),
    ],
)
def test_the_country_of_an_address(address: str, country: str | None) -> None:
    visit = draft(address=address)

    Locations(registered).locate(visit)

    assert visit.place == GeoPlace(country)


def test_what_a_proxy_says_comes_first() -> None:
    said = GeoPlace("DE", "Bavaria, DE", "Munich, Bavaria, DE")
    visit = draft(address="8.8.8.8", place=said)

    Locations(registered).locate(visit)

    assert visit.place == said

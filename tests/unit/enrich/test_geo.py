import pytest

from footfall.enrich.geo import locate
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

    locate(visit)

    assert visit.country == country

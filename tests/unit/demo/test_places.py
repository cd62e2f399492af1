import random
from collections import Counter
from ipaddress import ip_address

import pytest
from iptocc import country_code

from footfall.demo import places


@pytest.mark.parametrize("country", places.COUNTRIES)
def test_the_ranges_of_a_country_are_located_there(country: str) -> None:
    rng = random.Random(country)
    for network in places.networks(country):
        some = [network[rng.randrange(network.num_addresses)] for _ in range(50)]
        assert {country_code(str(each)) for each in (*some, network[0], network[-1])} == {country}


def test_addresses_are_public_and_from_many_countries() -> None:
    rng = random.Random(1)
    addresses = [places.address(rng) for _ in range(2000)]

    assert all(ip_address(each).is_global for each in addresses)
    countries = Counter(country_code(each) for each in addresses)
    assert countries.most_common(1)[0][0] == "US"
    assert len(countries) > 35

"""Where an address is. Nothing finer than a city is ever known."""

from collections.abc import Callable
from functools import cache

from iptocc import country_code

from footfall.enrich.draft import Draft
from footfall.model import GeoPlace

FindPlace = Callable[[str], GeoPlace]
"""Of an address. Private and unknown ones are nowhere."""


class Locations:
    """Step: sets ``place``: as a proxy in front says, or else by ``find``."""

    def __init__(self, find: FindPlace) -> None:
        self._find = find

    def locate(self, draft: Draft) -> None:
        draft.place = draft.hit.place or self._find(draft.hit.address)


def registered(address: str) -> GeoPlace:
    """The country, from the tables of the registries."""
    return _country(country_code(address))


@cache
def _country(code: str | None) -> GeoPlace:
    return GeoPlace(code)

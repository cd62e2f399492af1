"""Where: the country of an address, by the registries' tables. Nothing finer is kept."""

from iptocc import country_code

from footfall.enrich.draft import Draft


def locate(draft: Draft) -> None:
    """Step: ISO 3166 alpha-2 in ``country``; None for private and unknown addresses."""
    draft.country = country_code(draft.hit.address)

"""Where: the country of an address, by the registries' tables. Nothing finer is stored."""

from iptocc import country_code

from footfall.enrich.draft import Draft


def locate(draft: Draft) -> None:
    """Step: ``country`` in ISO 3166 alpha-2; None for private and unknown addresses."""
    draft.country = country_code(draft.hit.address)

"""The country of an address, from the tables of the registries. Nothing finer is stored."""

from iptocc import country_code

from footfall.enrich.draft import Draft


def locate(draft: Draft) -> None:
    """Step: sets ``country`` (ISO 3166-1 alpha-2); None for private and unknown addresses."""
    draft.country = country_code(draft.hit.address)

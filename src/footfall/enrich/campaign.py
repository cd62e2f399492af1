"""Which campaign brought an arrival."""

from footfall.enrich.draft import Draft


def name_campaign(draft: Draft) -> None:
    """Step, after the source's: ``utm_campaign``, for arrivals from outside only."""
    utm = draft.hit.utm
    if utm is not None and draft.source is not None:
        draft.campaign = utm.get("campaign")

"""What a reader asks for: one site, one window, one filter, one length of list."""

import msgspec


class Filter(msgspec.Struct, frozen=True):
    """Conditions that must all hold. ``path`` may end in ``*`` (a prefix); the rest are exact.

    Labels are those the document shows, ``"(unknown)"`` included.
    """

    path: str | None = None
    country: str | None = None
    source: str | None = None
    campaign: str | None = None
    device: str | None = None
    browser: str | None = None
    os: str | None = None


class ViewQuery(msgspec.Struct, frozen=True):
    """One view of one site's window, and how many rows its lists show."""

    site: str
    minutes: int = 5
    filter: Filter = Filter()
    limit: int = 20

"""The source (a site, an app, a mailing) and the campaign of an arrival."""

import json
from functools import lru_cache
from pathlib import Path

import msgspec

from footfall.caches import MIB, cached
from footfall.enrich.draft import Draft
from footfall.urls import bare_host

DIRECT = "Direct"
CACHE_BYTES = 2 * MIB
MAX_SITES = 16_384
DATA = Path(__file__).parent / "data"


class SourceNames(msgspec.Struct, frozen=True):
    """``hosts`` maps bare hosts to names, ``aliases`` the values of ``utm_source`` to names."""

    hosts: dict[str, str]
    aliases: dict[str, str]


class Sources:
    """Step: sets ``source`` of a page view from outside; None for other page views.

    ``utm_source`` makes any page view an arrival from that source. Otherwise the referrer decides:

    * no referrer: the source is "Direct";
    * the page's own host or one of the site's domains (with or without ``www.``): not an arrival,
      which covers navigation inside a single-page app;
    * a known host: its name; any other host: the host without ``www.``.
    """

    def __init__(self, names: SourceNames | None = None) -> None:
        self._names = names or load_names()
        self._by_utm = cached(CACHE_BYTES)(self.by_utm)
        self._by_host = cached(CACHE_BYTES)(self.by_host)

    def name(self, draft: Draft) -> None:
        hit = draft.hit
        if hit.type != "pageview":
            return
        utm_source = hit.utm.get("source") if hit.utm else None
        if utm_source is not None:
            draft.source = self._by_utm(utm_source)
        elif hit.referrer is None:
            draft.source = DIRECT
        else:
            host = referrer_host(hit.referrer)
            if host != bare_host(hit.host) and host not in own_hosts(draft.rules.site.domains):
                draft.source = self._by_host(host)

    def by_utm(self, value: str) -> str:
        """The name of a ``utm_source``; an unknown value is used as it is."""
        plain = value.lower()
        known = self._names.aliases.get(plain) or self._known(bare_host(plain))
        return known or value

    def by_host(self, host: str) -> str:
        return self._known(host) or host

    def _known(self, host: str) -> str | None:
        """A subdomain has its domain's name, unless it has its own."""
        while "." in host:
            name = self._names.hosts.get(host)
            if name is not None:
                return name
            host = host.partition(".")[2]
        return None


def name_campaign(draft: Draft) -> None:
    """Step, after the source's: sets ``campaign`` from ``utm_campaign``, only for arrivals."""
    utm = draft.hit.utm
    if utm is not None and draft.source is not None:
        draft.campaign = utm.get("campaign")


@cached(CACHE_BYTES)
def referrer_host(url: str) -> str:
    """The bare host of a cut URL, without the port."""
    authority = url.partition("://")[2].partition("/")[0]
    host = authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
    return bare_host(host)


@lru_cache(MAX_SITES)
def own_hosts(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(bare_host, domains))


def load_names() -> SourceNames:
    """The public list of referrers; our own newer or different names take precedence.

    Every name is also an alias in lower case, and so is every entry of the list without a dot.
    """
    hosts: dict[str, str] = json.loads((DATA / "referrers.json").read_text())
    newer = msgspec.json.decode((DATA / "newer_sources.json").read_bytes(), type=SourceNames)
    hosts |= newer.hosts
    short = {word: name for word, name in hosts.items() if "." not in word}
    aliases = short | {name.lower(): name for name in hosts.values()}
    return SourceNames(hosts, aliases | newer.aliases)

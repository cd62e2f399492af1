"""Where from: the name of the site, app or mailing that an arrival came from."""

import json
from functools import lru_cache
from pathlib import Path

import msgspec

from footfall.enrich.draft import Draft

DIRECT = "Direct"
CACHE_SIZE = 16_384
DATA = Path(__file__).parent / "data"


class Names(msgspec.Struct, frozen=True):
    """``hosts``: bare host to name. ``aliases``: what people write in ``utm_source`` to name."""

    hosts: dict[str, str]
    aliases: dict[str, str]


class Sources:
    """Step: ``source`` of a page view that comes from outside; None when it does not.

    ``utm_source`` makes any page view an arrival from that source. Without it the referrer tells:
    none is "Direct"; the page's own host and the site's domains (each with or without ``www.``)
    are no arrival, which covers moves inside a single-page app; known hosts have a name; others are
    named by their host without ``www.``.
    """

    def __init__(self, names: Names | None = None) -> None:
        self._names = names or load_names()
        self._by_utm = lru_cache(CACHE_SIZE)(self.by_utm)
        self._by_host = lru_cache(CACHE_SIZE)(self.by_host)

    def __call__(self, draft: Draft) -> None:
        hit = draft.hit
        if hit.type != "pageview":
            return
        utm_source = hit.utm.get("source") if hit.utm else None
        if utm_source is not None:
            draft.source = self._by_utm(utm_source)
        elif hit.referrer is None:
            draft.source = DIRECT
        else:
            host = bare_host(hit.referrer)
            page = hit.host.removeprefix("www.")
            if host != page and host not in own_hosts(draft.rules.site.domains):
                draft.source = self._by_host(host)

    def by_utm(self, value: str) -> str:
        """A value that names no known source stands for itself."""
        plain = value.lower()
        known = self._names.aliases.get(plain) or self._known(plain.removeprefix("www."))
        return known or value

    def by_host(self, host: str) -> str:
        return self._known(host) or host

    def _known(self, host: str) -> str | None:
        """A subdomain is its domain's, unless it has a name of its own."""
        while "." in host:
            name = self._names.hosts.get(host)
            if name is not None:
                return name
            host = host.partition(".")[2]
        return None


@lru_cache(CACHE_SIZE)
def bare_host(url: str) -> str:
    """The host of a cut URL, without port and ``www.``."""
    authority = url.partition("://")[2].partition("/")[0]
    host = authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
    return host.removeprefix("www.")


@lru_cache(CACHE_SIZE)
def own_hosts(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.removeprefix("www.") for domain in domains)


def load_names() -> Names:
    """The public list of referrers, and what is newer than it or named otherwise, which wins.

    Every name is an alias of itself in lower case, and so is what the list has without a dot.
    """
    hosts: dict[str, str] = json.loads((DATA / "referrers.json").read_text())
    newer = msgspec.json.decode((DATA / "newer_sources.json").read_bytes(), type=Names)
    hosts |= newer.hosts
    short = {word: name for word, name in hosts.items() if "." not in word}
    aliases = short | {name.lower(): name for name in hosts.values()}
    return Names(hosts, aliases | newer.aliases)

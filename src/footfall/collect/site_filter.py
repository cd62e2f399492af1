"""Which events a site's rules exclude."""

from footfall.caches import MIB, cached
from footfall.collect.address import Address, Networks
from footfall.collect.caller import Caller
from footfall.model import DropReason, SiteRules
from footfall.urls import CutUrl, bare_host, cut


class SiteFilter:
    """A site's exclusion rules, prepared for fast checks.

    ``excludePaths`` must match the full path; ``*`` matches any characters, slashes included. A
    domain covers itself with and without ``www.``; other subdomains must be listed.
    """

    def __init__(self, rules: SiteRules) -> None:
        site = rules.site
        self.rules = rules
        self._honour_dnt = site.honour_dnt
        self._hosts = frozenset(bare_host(domain.lower()) for domain in site.domains)
        self._excluded = PathGlobs(site.exclude_paths) if site.exclude_paths else None
        self._networks = Networks(site.exclude_ips) if site.exclude_ips else None

    def refuse(self, page: CutUrl, address: Address, caller: Caller) -> DropReason | None:
        """The first reason that applies, in this order; None to accept the event."""
        if caller.do_not_track and self._honour_dnt:
            return DropReason.DO_NOT_TRACK
        if self._hosts and self.foreign_host(page, caller.origin) is not None:
            return DropReason.FOREIGN_HOST
        if self._excluded is not None and page.path in self._excluded:
            return DropReason.EXCLUDED_PATH
        if self._networks is not None and address.text in self._networks:
            return DropReason.EXCLUDED_IP
        return None

    def foreign_host(self, page: CutUrl, origin: str | None) -> str | None:
        """The host that is none of the site's domains, of the page or else of the origin; None if
        there is none."""
        if page.bare_host not in self._hosts:
            return page.host
        if origin is None:
            return None
        host = _origin_host(origin)
        return None if host in self._hosts else host or origin


@cached(MIB // 2)
def _origin_host(origin: str) -> str | None:
    """None for ``null``, which sandboxed frames and local files send."""
    try:
        return cut(origin).bare_host
    except ValueError:
        return None


class PathGlobs:
    """Paths, with ``*`` for any characters. No regular expressions: a site's admin could make one
    that takes long for each page view, where looking for the parts one after the other can't."""

    def __init__(self, globs: tuple[str, ...]) -> None:
        prefixes = [glob for glob in globs if glob.endswith("*") and glob.count("*") == 1]
        plain = [glob for glob in globs if "*" not in glob]
        rest = set(globs) - set(prefixes) - set(plain)
        self._exact = frozenset(plain)
        self._prefixes = tuple(glob[:-1] for glob in prefixes)
        self._rest = [glob.split("*") for glob in sorted(rest)]

    def __contains__(self, path: str) -> bool:
        if path in self._exact or path.startswith(self._prefixes):
            return True
        return any(_matches(parts, path) for parts in self._rest)


def _matches(parts: list[str], path: str) -> bool:
    """Whether ``path`` begins with the first part, ends with the last, and has the others between
    them in this order. The first place of each will do: later ones leave less to the next."""
    at, end = len(parts[0]), len(path) - len(parts[-1])
    if at > end or not path.startswith(parts[0]) or not path.endswith(parts[-1]):
        return False
    for part in parts[1:-1]:
        at = path.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True

"""What one site does not want to hear of."""

from collections.abc import Callable

import re2

from footfall.collect.address import Address, Networks
from footfall.collect.caller import Caller
from footfall.collect.urls import cut
from footfall.model import DropReason, SiteRules


class Gate:
    """A site's rules of refusal, in a form that is quick to ask.

    ``excludePaths`` match the whole path; ``*`` stands for any characters, slashes too. A domain
    stands for itself and for ``www.`` before it; other subdomains are listed by themselves.
    """

    def __init__(self, rules: SiteRules) -> None:
        site = rules.site
        self.rules = rules
        self._honour_dnt = site.honour_dnt
        self._hosts = frozenset(bare_host(domain.lower()) for domain in site.domains)
        self._excludes = _globs(site.exclude_paths)
        self._networks = Networks(site.exclude_ips) if site.exclude_ips else None

    def refuse(self, host: str, path: str, address: Address, caller: Caller) -> DropReason | None:
        """The first reason that holds, in the order below."""
        if caller.do_not_track and self._honour_dnt:
            return DropReason.DO_NOT_TRACK
        if self._hosts and self._is_foreign(host, caller.origin):
            return DropReason.FOREIGN_HOST
        if self._excludes is not None and self._excludes(path):
            return DropReason.EXCLUDED_PATH
        if self._networks is not None and address.text in self._networks:
            return DropReason.EXCLUDED_IP
        return None

    def _is_foreign(self, host: str, origin: str | None) -> bool:
        if bare_host(host) not in self._hosts:
            return True
        return origin is not None and _origin_host(origin) not in self._hosts


def bare_host(host: str) -> str:
    return host.removeprefix("www.")


def _origin_host(origin: str) -> str | None:
    """None for ``null``, which sandboxed frames and local files send."""
    try:
        return bare_host(cut(origin).host)
    except ValueError:
        return None


def _globs(patterns: tuple[str, ...]) -> Callable[[str], object] | None:
    """RE2, since a backtracking engine can be made to hang with enough stars."""
    if not patterns:
        return None
    options = re2.Options()
    options.dot_nl = True
    stars = (".*".join(re2.escape(part) for part in glob.split("*")) for glob in patterns)
    pattern = re2.compile("|".join(f"(?:{glob})" for glob in stars), options)
    matches: Callable[[str], object] = pattern.fullmatch
    return matches

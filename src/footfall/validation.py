"""Checks sites, goals and tokens before the catalog stores them.

The HTTP API and the command line both use this. Field names in errors are those of the JSON form.
"""

import re
from ipaddress import ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from footfall.errors import InvalidInput
from footfall.model import Goal, Site, Token
from footfall.patterns import Pattern

MAX_NAME = 200
MAX_ENTRIES = 1000
"""Domains, paths and addresses that one site may list."""
MAX_VALUE = 2048
MAX_GLOBS = 4_000
"""Characters of all paths of a site that have ``*`` before their end: each page view is compared
with them, at half a microsecond for each character at worst."""

_SITE_ID = re.compile(r"(?!\.+$)[a-z0-9._-]{1,64}")
"""Not only dots: browsers and proxies take ``.`` and ``..`` out of an address."""
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def checked_site(site: Site) -> Site:
    """``site`` with its host names in canonical form. Raises InvalidInput."""
    if not _SITE_ID.fullmatch(site.id):
        raise InvalidInput(
            "a site id is 1 to 64 of a-z, 0-9, '.', '_' and '-', not only dots: choose another",
            field="id",
        )
    _check_text(site.name, "name", MAX_NAME)
    _check_zone(site.time_zone)
    for field, entries in (
        ("domains", site.domains),
        ("aliases", site.aliases),
        ("excludePaths", site.exclude_paths),
        ("excludeIps", site.exclude_ips),
    ):
        if len(entries) > MAX_ENTRIES:
            raise InvalidInput(f"{field} may have {MAX_ENTRIES} entries: shorten it", field=field)
    for number, path in enumerate(site.exclude_paths):
        _check_path(path, f"excludePaths[{number}]")
    if sum(len(path) for path in site.exclude_paths if "*" in path[:-1]) > MAX_GLOBS:
        raise InvalidInput(
            f"excludePaths with * before their end may have {MAX_GLOBS:,} characters together: "
            "shorten them, or let them end with their only *",
            field="excludePaths",
        )
    for number, address in enumerate(site.exclude_ips):
        _check_network(address, f"excludeIps[{number}]")
    for number, alias in enumerate(site.aliases):
        _check_text(alias, f"aliases[{number}]", MAX_NAME)
    aliases = tuple(alias.lower() for alias in site.aliases)
    domains = tuple(
        _host_name(domain, f"domains[{number}]") for number, domain in enumerate(site.domains)
    )
    return msgspec.structs.replace(site, domains=domains, aliases=aliases)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise InvalidInput(
            "timeZone must be the IANA name of a time zone, as in Europe/Berlin or UTC",
            field="timeZone",
        ) from None


def checked_goal(goal: Goal) -> Goal:
    """``goal`` itself. Raises InvalidInput."""
    _check_text(goal.name, "name", MAX_NAME)
    _check_text(goal.value, "value", MAX_VALUE)
    if goal.kind == "event" and goal.match != "exact":
        raise InvalidInput(
            'an event goal matches its name exactly: leave match out or say "exact"', field="match"
        )
    if goal.kind == "path" and goal.match in ("exact", "starts_with"):
        _check_path(goal.value, "value")
    if goal.match == "pattern":
        Pattern(goal.value, "value")
    return goal


def checked_token(token: Token) -> Token:
    """``token`` itself. Raises InvalidInput."""
    if token.scope == "write" and token.site_id is None:
        raise InvalidInput(
            "a write token belongs to one site: name it (siteId, or --site ID)", field="siteId"
        )
    if token.name:
        _check_text(token.name, "name", MAX_NAME)
    return token


def _check_text(text: str, field: str, max_length: int) -> None:
    if not text.strip() or len(text) > max_length or not text.isprintable():
        raise InvalidInput(f"{field} must be 1 to {max_length} printable characters", field=field)


def _check_path(path: str, field: str) -> None:
    if not path.startswith(("/", "*")) or len(path) > MAX_VALUE or not path.isprintable():
        raise InvalidInput(
            f"{path[:80]!r} is not a path: start it with / (or *, which stands for anything)",
            field=field,
        )


def _check_network(text: str, field: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise InvalidInput(
            f"{text[:80]!r} is neither an IP address nor a network: "
            "write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32",
            field=field,
        ) from None


def _host_name(text: str, field: str) -> str:
    """``text`` in lower case and, where it is not ASCII, in its IDNA form."""
    try:
        host = text.strip().rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(
            f"{text[:80]!r} isn't a valid domain: write example.com, without scheme, port or path",
            field=field,
        )
    return host

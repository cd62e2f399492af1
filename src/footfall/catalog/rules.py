"""What every engine refuses to store, in the same words.

Engines call these with what the catalog holds in the same transaction that stores the new entry, so
that no two callers at once get past a limit or store one id twice.
"""

from collections.abc import Iterable, Mapping, Sequence

from footfall.catalog.tokens import is_server_admin
from footfall.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound
from footfall.model import BrowserSession, Goal, Site, Token
from footfall.patterns import Pattern
from footfall.urls import bare_host

MAX_SITES = 10_000
MAX_GOALS = 100
"""Per site: each page view is compared with all of them."""
MAX_PATTERNS = 2_000
"""Instructions of all patterns of a site's goals together."""
MAX_TOKENS = 1000
"""Per site, and among the tokens of all sites: the catalog is held in memory."""
MAX_SESSIONS = 100
"""Per token. The oldest give way, so that whoever shares a token pushes out nobody else's."""
NAME_IN_USE = (
    "{name!r} is in use by another site, as its id, a domain or an alias: leave it out, or take it "
    "away there first"
)
LAST_ADMIN = "this is the last admin token for all sites: create another one first"


def check_new_site(site: Site, sites: Sequence[Site]) -> None:
    """Raises AlreadyExists, InvalidInput."""
    if any(site.id == each.id for each in sites):
        raise AlreadyExists(f"the site {site.id!r} already exists: choose another id")
    if len(sites) >= MAX_SITES:
        raise InvalidInput(f"there may be {MAX_SITES} sites: remove one first")
    _check_names(names_of(site), site.id, sites)


def new_names(before: Site, after: Site) -> dict[str, str]:
    """Those that a change adds, by the same terms as ``names_of``."""
    known = names_of(before)
    return {name: field for name, field in names_of(after).items() if name not in known}


def check_changed_site(before: Site, after: Site, sites: Iterable[Site]) -> None:
    """What a site shares with another since before this was refused may stay. Raises
    AlreadyExists."""
    _check_names(new_names(before, after), before.id, sites)


def names_of(site: Site) -> dict[str, str]:
    """What the scripts of other products may call the site, to the field that says so."""
    names = {bare_host(name): f"aliases[{at}]" for at, name in enumerate(site.aliases)}
    names |= {bare_host(name): f"domains[{at}]" for at, name in enumerate(site.domains)}
    return {**names, site.id: "id"}


def _check_names(names: Mapping[str, str], site_id: str, sites: Iterable[Site]) -> None:
    """An event that calls its site by a name must not become another site's."""
    for other in sites:
        if other.id != site_id:
            for name in names.keys() & names_of(other).keys():
                raise AlreadyExists(NAME_IN_USE.format(name=name), field=names[name], site=other.id)


def check_new_goal(goal: Goal, goals: Sequence[Goal]) -> None:
    """``goals`` of its site. Raises AlreadyExists, InvalidInput."""
    if any(goal.id == each.id or goal.name == each.name for each in goals):
        raise AlreadyExists(f"the goal {goal.name!r} already exists: remove it or choose another")
    if len(goals) >= MAX_GOALS:
        raise InvalidInput(f"a site may have {MAX_GOALS} goals: remove one first")
    if goal.match == "pattern" and sum(map(_size, (goal, *goals))) > MAX_PATTERNS:
        raise InvalidInput(
            "the patterns of this site's goals are too large together: shorten this one, or remove "
            "another",
            field="value",
        )


def _size(goal: Goal) -> int:
    """How large the pattern of a goal is; 0 if it has none that can be used."""
    try:
        return Pattern(goal.value, "value").size if goal.match == "pattern" else 0
    except InvalidInput:
        return 0


def check_revocation(token: Token, tokens: Iterable[Token]) -> None:
    """Whether somebody could still administer the server without ``token``, one of ``tokens``.
    Raises NotAllowed."""
    if is_server_admin(token) and sum(map(is_server_admin, tokens)) == 1:
        raise NotAllowed(LAST_ADMIN)


def check_new_token(token: Token, tokens: Iterable[Token]) -> None:
    """``tokens`` with the same site or id, at least. Raises AlreadyExists, InvalidInput."""
    others = list(tokens)
    if any(token.id == each.id for each in others):
        raise AlreadyExists(f"the token {token.id!r} already exists: revoke it first")
    if sum(token.site_id == each.site_id for each in others) >= MAX_TOKENS:
        raise InvalidInput(f"there may be {MAX_TOKENS} tokens: revoke one first")


def surplus_sessions(sessions: Iterable[BrowserSession]) -> list[str]:
    """Ids of those that must give way to a new one. ``sessions`` of its token."""
    newest = sorted(sessions, key=lambda each: (each.created, each.id), reverse=True)
    return [each.id for each in newest[MAX_SESSIONS - 1 :]]


def no_site(site_id: str | None) -> NotFound:
    return NotFound(f"there is no site {site_id!r}: add it first")

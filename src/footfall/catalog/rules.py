"""What every engine refuses to store, in the same words.

Engines call these with what the catalog holds in the same transaction that stores the new entry, so
that no two callers at once get past a limit or store one id twice.
"""

from collections.abc import Collection, Iterable, Sequence

from footfall.errors import AlreadyExists, InvalidInput, NotFound
from footfall.model import BrowserSession, Goal, Site, Token
from footfall.patterns import Pattern

MAX_SITES = 10_000
MAX_GOALS = 100
"""Per site: each page view is compared with all of them."""
MAX_PATTERNS = 2_000
"""Instructions of all patterns of a site's goals together."""
MAX_TOKENS = 1000
"""Per site, and among the tokens of all sites: the catalog is held in memory."""
MAX_SESSIONS = 100
"""Per token. The oldest give way, so that whoever shares a token pushes out nobody else's."""


def check_new_site(site: Site, ids: Collection[str]) -> None:
    """``ids`` of all sites. Raises AlreadyExists, InvalidInput."""
    if site.id in ids:
        raise AlreadyExists(f"the site {site.id!r} already exists: choose another id")
    if len(ids) >= MAX_SITES:
        raise InvalidInput(f"there may be {MAX_SITES} sites: remove one first")


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

"""The goals of a site: list, add, remove."""

import secrets

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from footfall.errors import NotFound
from footfall.http.auth.access import Access
from footfall.http.framework.operation import (
    SITE_PATH,
    Call,
    Operation,
    creation,
    json_reply,
    no_content,
    removal,
)
from footfall.model import Goal, GoalKind, GoalMatch
from footfall.principal import READ
from footfall.validation import checked_goal

PATH = SITE_PATH + "/goals"


class NewGoal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``kind: "path"`` matches page views by ``match``; ``kind: "event"`` a custom event's
    name."""

    name: str
    kind: GoalKind
    match: GoalMatch = "exact"
    value: str


class GoalToTry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A goal without a name."""

    kind: GoalKind
    match: GoalMatch = "exact"
    value: str


class GoalTrial(msgspec.Struct, frozen=True):
    """How many page views or custom events of the last ``minutes`` would have reached a goal."""

    matches: int
    minutes: int


class GoalView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A goal as a reader sees it. Only the site's admins get what it matches, which may be a page
    that nobody else should know."""

    id: str
    site_id: str
    name: str
    kind: GoalKind | UnsetType = UNSET
    match: GoalMatch | UnsetType = UNSET
    value: str | UnsetType = UNSET


async def list_goals(call: Call) -> Response:
    goals = call.services.catalog.goals(call.site.id)
    return json_reply([_view(goal, call.access) for goal in goals])


def _view(goal: Goal, access: Access) -> GoalView:
    if not access.may_admin(goal.site_id):
        return GoalView(id=goal.id, site_id=goal.site_id, name=goal.name)
    return GoalView(**msgspec.structs.asdict(goal))


async def add_goal(call: Call) -> Response:
    site_id, catalog = call.site.id, call.services.catalog
    values = msgspec.structs.asdict(call.body)
    goal = checked_goal(Goal(id=secrets.token_hex(6), site_id=site_id, **values))
    await catalog.put_goal(goal)
    return json_reply(goal, 201, {"location": f"/api/analytics/sites/{site_id}/goals/{goal.id}"})


async def try_goal(call: Call) -> Response:
    values = msgspec.structs.asdict(call.body)
    goal = checked_goal(Goal(id="", site_id=call.site.id, name="trial", **values))
    services = call.services
    matches = await services.count_matches(goal)
    return json_reply(GoalTrial(matches, services.settings.retention_minutes))


async def remove_goal(call: Call) -> Response:
    goal_id = call.request.path_params["goal"]
    if not await call.services.catalog.delete_goal(call.site.id, goal_id):
        raise NotFound(f"this site has no goal {goal_id[:64]!r}: list its goals for their ids")
    return no_content()


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="listGoals",
        summary="The goals of a site; only its admins get what each matches",
        handler=list_goals,
        needs="read",
        costs=READ,
        answer=list[GoalView],
    ),
    creation(
        path=PATH,
        name="addGoal",
        summary="Add a goal; it counts from now on",
        handler=add_goal,
        needs="admin",
        costs=READ,
        body=NewGoal,
        answer=Goal,
        refusals=(409,),
    ),
    Operation(
        method="POST",
        path=PATH + "/trial",
        name="tryGoal",
        summary="How often a goal would have been reached in the retention, had it been there",
        handler=try_goal,
        needs="admin",
        costs=READ,
        body=GoalToTry,
        answer=GoalTrial,
        refusals=(501, 503),
    ),
    removal(
        path=PATH + "/{goal}",
        name="removeGoal",
        summary="Remove a goal",
        handler=remove_goal,
        needs="admin",
        costs=READ,
    ),
)

"""The goals of a site: list, add, remove."""

import secrets

import msgspec
from starlette.responses import Response

from footfall.errors import NotFound
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
from footfall.validation import checked_goal

PATH = SITE_PATH + "/goals"


class NewGoal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``kind: "path"`` matches page views by ``match``; ``kind: "event"`` a custom event's
    name."""

    name: str
    kind: GoalKind
    match: GoalMatch = "exact"
    value: str


async def list_goals(call: Call) -> Response:
    return json_reply(call.services.catalog.goals(call.site.id))


async def add_goal(call: Call) -> Response:
    site_id, catalog = call.site.id, call.services.catalog
    values = msgspec.structs.asdict(call.body)
    goal = checked_goal(Goal(id=secrets.token_hex(6), site_id=site_id, **values))
    await catalog.put_goal(goal)
    return json_reply(goal, 201, {"location": f"/api/analytics/sites/{site_id}/goals/{goal.id}"})


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
        summary="The goals of a site",
        handler=list_goals,
        needs="read",
        answer=list[Goal],
    ),
    creation(
        path=PATH,
        name="addGoal",
        summary="Add a goal; it counts from now on",
        handler=add_goal,
        needs="admin",
        body=NewGoal,
        answer=Goal,
        refusals=(409,),
    ),
    removal(
        path=PATH + "/{goal}",
        name="removeGoal",
        summary="Remove a goal",
        handler=remove_goal,
        needs="admin",
    ),
)

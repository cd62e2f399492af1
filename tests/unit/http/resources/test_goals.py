import asyncio
from typing import Any

import httpx
import pytest

from footfall.catalog.rules import MAX_GOALS
from tests.serving import ADMIN, PRIVATE, PUBLIC, bearer

GOALS = f"/api/analytics/sites/{PRIVATE}/goals"
THANKS = {"name": "Newsletter", "kind": "path", "value": "/thanks"}


async def test_a_goal_is_added_listed_and_removed(admin: httpx.AsyncClient) -> None:
    added = await admin.post(GOALS, json=THANKS)
    assert added.status_code == 201
    goal = added.json()
    assert goal == {**THANKS, "id": goal["id"], "siteId": PRIVATE, "match": "exact"}
    assert (await admin.get(GOALS)).json() == [goal]
    assert added.headers["location"] == f"{GOALS}/{goal['id']}"
    assert (await admin.delete(added.headers["location"])).status_code == 204
    assert (await admin.delete(added.headers["location"])).status_code == 404
    assert (await admin.get(GOALS)).json() == []


@pytest.mark.parametrize("who", ["nobody", "read one", "write one", "admin of one"])
async def test_only_the_admins_of_a_site_see_what_its_goals_match(
    client: httpx.AsyncClient, secrets: dict[str, str], who: str
) -> None:
    path = f"/api/analytics/sites/{PUBLIC}/goals"
    made = (await client.post(path, json=THANKS, headers=bearer(ADMIN))).json()
    headers = {} if who == "nobody" else bearer(secrets[who])
    shown = {"id": made["id"], "siteId": PUBLIC, "name": THANKS["name"]}
    assert (await client.get(path, headers=headers)).json() == [shown]
    assert (await client.get(path, headers=bearer(ADMIN))).json() == [made]


async def test_a_goal_is_not_removed_through_another_site(admin: httpx.AsyncClient) -> None:
    goal = (await admin.post(GOALS, json=THANKS)).json()
    answer = await admin.delete(f"/api/analytics/sites/{PUBLIC}/goals/{goal['id']}")
    assert answer.status_code == 404
    assert (await admin.get(GOALS)).json() == [goal]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"value": ""}, "value"),
        ({"value": "thanks"}, "value"),
        ({"match": "pattern", "value": "/(a"}, "value"),
        ({"match": "pattern", "value": r"/(a)\1"}, "value"),
        ({"match": "pattern", "value": "(?:a|b)*a(?:a?b?){500}"}, "value"),
        ({"match": "pattern", "value": r"^/\p{L}+$"}, "value"),
        ({"match": "pattern", "value": "/" + "a" * 500}, "value"),
        ({"match": "regex"}, "match"),
        ({"kind": "visit"}, "kind"),
        ({"kind": "event", "value": "signup", "match": "contains"}, "match"),
    ],
)
async def test_an_invalid_goal_is_refused_with_its_field(
    admin: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await admin.post(GOALS, json={**THANKS, **change})
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "goal",
    [
        {"name": "a", "kind": "path", "match": "pattern", "value": r"^/p/\d+$"},
        {"name": "b", "kind": "path", "match": "contains", "value": "checkout"},
        {"name": "c", "kind": "path", "match": "starts_with", "value": "/guides/"},
        {"name": "d", "kind": "event", "value": "sign up"},
    ],
)
async def test_all_kinds_are_accepted(admin: httpx.AsyncClient, goal: dict[str, str]) -> None:
    assert (await admin.post(GOALS, json=goal)).status_code == 201


async def test_of_two_requests_that_add_one_goal_one_succeeds(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(admin.post(GOALS, json=THANKS) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len((await admin.get(GOALS)).json()) == 1


async def test_names_are_unique_and_goals_are_limited(admin: httpx.AsyncClient) -> None:
    for number in range(MAX_GOALS):
        assert (await admin.post(GOALS, json={**THANKS, "name": f"{number}"})).status_code == 201
    assert (await admin.post(GOALS, json={**THANKS, "name": "7"})).status_code == 409
    refused = await admin.post(GOALS, json={**THANKS, "name": "one more"})
    assert refused.status_code == 400
    assert str(MAX_GOALS) in refused.json()["error"]

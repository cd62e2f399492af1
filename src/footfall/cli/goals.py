"""``footfall goal add | list | remove``."""

import secrets

import click

from footfall.catalog.port import Catalog
from footfall.cli.catalog import show, with_catalog
from footfall.cli.options import STORE, with_settings
from footfall.errors import InvalidInput, NotFound
from footfall.model import Goal, GoalKind, GoalMatch
from footfall.settings import Settings
from footfall.validation import checked_goal

WAYS: dict[str, tuple[GoalKind, GoalMatch]] = {
    "event": ("event", "exact"),
    "path": ("path", "exact"),
    "starts_with": ("path", "starts_with"),
    "pattern": ("path", "pattern"),
}
"""What each option of ``add`` says of the goal that has its value."""

SITE = click.option("--site", "site_id", metavar="ID", required=True, help="The goal's site.")


@click.group()
def goal() -> None:
    """Add, list and remove the goals of a site."""


@goal.command()
@click.argument("name")
@SITE
@click.option("--event", metavar="NAME", help="Reached by the custom event NAME.")
@click.option("--path", metavar="PATH", help="Reached by a view of the page PATH.")
@click.option("--starts-with", metavar="PATH", help="Reached by pages whose path starts so.")
@click.option("--pattern", metavar="RE2", help="Reached by pages whose path matches.")
@with_settings(STORE)
def add(settings: Settings, name: str, site_id: str, **ways: str | None) -> None:
    """Add the goal NAME; it counts from now on."""
    given = {way: value for way, value in ways.items() if value is not None}
    if len(given) != 1:
        raise InvalidInput("give one of --event, --path, --starts-with and --pattern")
    [(way, value)] = given.items()
    kind, match = WAYS[way]
    goal_id = secrets.token_hex(6)
    wanted = checked_goal(
        Goal(id=goal_id, site_id=site_id, name=name, kind=kind, match=match, value=value)
    )
    with_catalog(settings.store, lambda catalog: catalog.put_goal(wanted))
    click.echo(f"Added goal {goal_id}, {name}.")


@goal.command("list")
@with_settings(STORE)
def list_goals(settings: Settings) -> None:
    """List the goals of all sites."""
    state = with_catalog(settings.store, lambda catalog: catalog.load())
    rows = []
    for each in state.goals:
        how = "event" if each.kind == "event" else f"path, {each.match.replace('_', ' ')}"
        rows.append((each.id, each.site_id, each.name, f"{how}: {each.value}"))
    show(rows, ("id", "site", "name", "reached by"))


@goal.command()
@click.argument("goal_id", metavar="GOAL")
@SITE
@with_settings(STORE)
def remove(settings: Settings, goal_id: str, site_id: str) -> None:
    """Remove the goal with the id GOAL."""

    async def work(catalog: Catalog) -> None:
        if not await catalog.delete_goal(site_id, goal_id):
            raise NotFound(
                f"site {site_id!r} has no goal {goal_id!r}: `footfall goal list` shows their ids"
            )

    with_catalog(settings.store, work)
    click.echo(f"Removed goal {goal_id}.")

"""``footfall session list | revoke``."""

import click

from footfall.catalog.port import Catalog
from footfall.cli.catalog import moment, show, with_catalog
from footfall.cli.options import STORE, with_settings
from footfall.errors import InvalidInput, NotFound
from footfall.settings import Settings


@click.group()
def session() -> None:
    """List and revoke the sessions of signed-in browsers."""


@session.command("list")
@with_settings(STORE)
def list_sessions(settings: Settings) -> None:
    """List the sessions."""
    state = with_catalog(settings.store, lambda catalog: catalog.load())
    tokens = {each.id: each for each in state.tokens}
    rows = []
    for each in state.sessions:
        token = tokens.get(each.token_id)
        site, name = (token.site_id or "all", token.name) if token else ("all", "")
        rows.append(
            (each.id, each.token_id, site, name, moment(each.created), moment(each.expires))
        )
    show(rows, ("id", "token", "site", "token's name", "since (UTC)", "until (UTC)"))


@session.command()
@click.argument("session_id", metavar="ID", required=False)
@click.option("--all", "is_all", is_flag=True, help="Sign out everywhere.")
@with_settings(STORE)
def revoke(settings: Settings, session_id: str | None, is_all: bool) -> None:
    """Revoke the session ID, or --all; live connections that use it close within two seconds."""
    if (session_id is None) != is_all:
        raise InvalidInput("name one session, or say --all: `footfall session list` shows the ids")

    async def work(catalog: Catalog) -> int:
        known = [each.id for each in (await catalog.load()).sessions]
        ids = known if is_all else [each for each in known if each == session_id]
        if not ids and not is_all:
            raise NotFound(
                f"there is no session {session_id!r}: `footfall session list` shows their ids"
            )
        await catalog.delete_sessions(ids)
        return len(ids)

    count = with_catalog(settings.store, work)
    click.echo(f"Revoked {count} session{'' if count == 1 else 's'}.")

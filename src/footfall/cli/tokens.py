"""``footfall token create | list | revoke``."""

import click

from footfall.catalog.port import Catalog
from footfall.catalog.tokens import new_secret, new_token
from footfall.cli.catalog import moment, show, with_catalog
from footfall.cli.options import STORE, with_settings
from footfall.clock import now_ms
from footfall.errors import NotFound
from footfall.model import Scope
from footfall.settings import Settings
from footfall.validation import checked_token


@click.group()
def token() -> None:
    """Create, list and revoke API tokens."""


@token.command()
@click.option("--scope", type=click.Choice(["read", "write", "admin"]), required=True)
@click.option("--site", "site_id", metavar="ID", help="Limit it to one site.  [default: all]")
@click.option("--name", default="", help="A note on who uses it.")
@with_settings(STORE)
def create(settings: Settings, scope: Scope, site_id: str | None, name: str) -> None:
    """Create a token. Its secret is shown once and stored hashed."""
    secret = new_secret()
    made = checked_token(new_token(secret, scope, site_id, created=now_ms(), name=name))
    with_catalog(settings.store, lambda catalog: catalog.put_token(made))
    click.echo(f"Created token {made.id}. Its secret, shown only once:", err=True)
    click.echo(secret)


@token.command("list")
@with_settings(STORE)
def list_tokens(settings: Settings) -> None:
    """List the tokens, without their secrets."""
    state = with_catalog(settings.store, lambda catalog: catalog.load())
    rows = []
    for each in state.tokens:
        rows.append((each.id, each.scope, each.site_id or "all", each.name, moment(each.created)))
    show(rows, ("id", "scope", "site", "name", "created (UTC)"))


@token.command()
@click.argument("token_id", metavar="ID")
@with_settings(STORE)
def revoke(settings: Settings, token_id: str) -> None:
    """Revoke the token ID; live connections that use it close within two seconds."""

    async def work(catalog: Catalog) -> None:
        if not await catalog.delete_token(token_id):
            raise NotFound(f"there is no token {token_id!r}: `footfall token list` shows their ids")

    with_catalog(settings.store, work)
    click.echo(f"Revoked {token_id}.")

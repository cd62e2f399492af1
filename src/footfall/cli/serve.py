"""``footfall serve``: the server, in this process."""

import click

from footfall.build import build
from footfall.catalog.port import Catalog
from footfall.catalog.tokens import is_server_admin, new_secret, new_token
from footfall.cli.options import with_settings
from footfall.cli.process import opened, run, run_server
from footfall.clock import now_ms
from footfall.http.serving.server import address, listen
from footfall.logs import configure_logging
from footfall.settings import Settings


@click.command()
@with_settings()
def serve(settings: Settings) -> None:
    """Run the server."""
    configure_logging()
    run(_serve(settings))


async def _serve(settings: Settings) -> bool:
    listener = listen(settings.host, settings.port)
    async with opened(settings) as store:
        secret = None if settings.admin_token else await first_admin_token(store.catalog)

        def announce() -> None:
            click.echo(f"Footfall ({build()}) listens on {address(listener)}")
            if secret is not None:
                click.echo(
                    f"Admin token, created at this first start and shown only once: {secret}"
                )

        return await run_server(settings, store, announce, listener)


async def first_admin_token(catalog: Catalog) -> str | None:
    """The secret of a new admin token, or None when the catalog has one already."""
    state = await catalog.load()
    if any(map(is_server_admin, state.tokens)):
        return None
    secret = new_secret()
    token = new_token(secret, "admin", created=now_ms(), name="created at first start")
    await catalog.put_token(token)
    return secret

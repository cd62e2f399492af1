"""The group of commands, and how any of them fails."""

from typing import Any

import click

from footfall.cli.serve import demo, serve
from footfall.cli.sites import site
from footfall.cli.tokens import token
from footfall.errors import FootfallError, StoreUnavailable

BAD_USE = 2
FAILED = 1


class Commands(click.Group):
    """Says Footfall's own errors on stderr, with their remedy, and no traceback.

    Exit codes: 2 for what the user can put right in the command, 1 for a store that is away.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FootfallError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED if isinstance(error, StoreUnavailable) else BAD_USE)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footfall", message="%(prog)s %(version)s")
def main() -> None:
    """Real-time web analytics: who is on a site this second."""


for command in (serve, demo, site, token):
    main.add_command(command)

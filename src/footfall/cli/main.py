"""The command group, and how commands report errors."""

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from footfall.build import build
from footfall.errors import FootfallError, StoreUnavailable

BAD_USE = 2
FAILED = 1

COMMANDS = {
    "serve": "footfall.cli.serve",
    "demo": "footfall.cli.demo",
    "site": "footfall.cli.sites",
    "goal": "footfall.cli.goals",
    "token": "footfall.cli.tokens",
    "session": "footfall.cli.sessions",
    "history": "footfall.cli.history",
    "ingest": "footfall.cli.ingest",
    "import": "footfall.cli.imports",
    "export": "footfall.cli.export",
    "backup": "footfall.cli.backup",
    "restore": "footfall.cli.backup",
    "check": "footfall.cli.backup",
    "dynamodb": "footfall.cli.dynamodb",
}
"""The module of each command, imported only when called: the server takes a second to load."""


class Commands(click.Group):
    """Prints Footfall's own errors to stderr, with what to do, and no traceback.

    Exit codes: 2 for a mistake in the command, 1 for an unavailable store.
    """

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found = import_module(COMMANDS[name])
        command: click.Command = getattr(found, name + "_" * iskeyword(name))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FootfallError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED if isinstance(error, StoreUnavailable) else BAD_USE)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footfall", message=f"%(prog)s %(version)s ({build()})")
def main() -> None:
    """Real-time web analytics: who is on a site this second."""

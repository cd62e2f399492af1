from pathlib import Path

import click
import pytest

from footfall.cli.main import main
from footfall.settings import SETTINGS

PAGE = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()
FLAGS_OF_SETTINGS = {setting.flag for setting in SETTINGS}


def commands(group: click.Group, words: str) -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        path = f"{words} {name}"
        found += commands(command, path) if isinstance(command, click.Group) else [(path, command)]
    return found


@pytest.mark.parametrize(("words", "command"), commands(main, "footfall"))
def test_the_docs_page_names_each_command_and_its_options(
    words: str, command: click.Command
) -> None:
    assert f"`{words}" in PAGE
    for parameter in command.params:
        for flag in set(parameter.opts) - FLAGS_OF_SETTINGS:
            if flag.startswith("--"):
                assert flag in PAGE, f"docs/cli.md says nothing of {words} {flag}"

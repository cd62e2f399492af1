"""Settings as flags, the same for every command that takes them."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import click

from footfall.settings import SETTINGS, Setting, load

CommandFunction: TypeAlias = Callable[..., None]

ALL = frozenset(setting.name for setting in SETTINGS)
STORE = frozenset({"store"})
"""The only setting that catalog commands need."""
HISTORY = STORE | {
    "history_folder",
    "history_memory_mb",
    "history_threads",
    "report_seconds",
    "retention_minutes",
}
"""Those of commands that work with the archive."""


def with_settings(names: frozenset[str] = ALL) -> Callable[[CommandFunction], CommandFunction]:
    """A decorator that adds a flag for each setting in ``names`` and passes the loaded settings as
    the command's first argument."""
    picked = [setting for setting in SETTINGS if setting.name in names]

    def decorate(command: CommandFunction) -> CommandFunction:
        @wraps(command)
        def run(**given: Any) -> None:
            flags = {setting.name: _text(given.pop(setting.name)) for setting in picked}
            command(load(flags, os.environ), **given)

        decorated: CommandFunction = run
        for setting in reversed(picked):
            decorated = _option(setting)(decorated)
        return decorated

    return decorate


def _option(setting: Setting) -> Callable[[CommandFunction], CommandFunction]:
    limits = f" ({setting.range})" if setting.range else ""
    default = setting.show(setting.default)
    text = f"{setting.help}{limits}." + (f" [default: {default}]" if default else "")
    if setting.kind is bool:
        flags = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return click.option(flags, setting.name, default=None, help=text)
    return click.option(setting.flag, setting.name, metavar="VALUE", help=text)


def _text(given: str | bool | None) -> str | None:
    """A flag's value as the text that an environment variable would have."""
    return str(given).lower() if isinstance(given, bool) else given

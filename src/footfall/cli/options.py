"""Settings as flags, the same for every command that takes them."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import click

from footfall.settings import SETTINGS, Setting, load

Command: TypeAlias = Callable[..., None]

ALL = frozenset(setting.name for setting in SETTINGS)
STORE = frozenset({"store"})
"""All that a visit to the catalog needs to know."""


def with_settings(names: frozenset[str] = ALL) -> Callable[[Command], Command]:
    """A decorator: adds a flag for each setting in ``names``, and calls the command with the
    settings in force first."""
    picked = [setting for setting in SETTINGS if setting.name in names]

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            flags = {setting.name: given.pop(setting.name) for setting in picked}
            command(load(flags, os.environ), **given)

        decorated: Command = run
        for setting in reversed(picked):
            decorated = _option(setting)(decorated)
        return decorated

    return decorate


def _option(setting: Setting) -> Callable[[Command], Command]:
    limits = f" ({setting.range})" if setting.range else ""
    default = setting.show(setting.default)
    return click.option(
        setting.flag,
        setting.name,
        metavar="VALUE",
        help=f"{setting.help}{limits}." + (f" [default: {default}]" if default else ""),
    )

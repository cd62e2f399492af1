"""Settings as flags, the same for every command that takes them."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from footfall.settings import SETTINGS, Setting, Settings, load

F = TypeVar("F", bound=Callable[..., Any])


def with_settings(*, but: frozenset[str] = frozenset(), only: frozenset[str] | None = None) -> Any:
    """A decorator: adds a flag per setting and calls the command with ``settings`` first.

    ``but`` and ``only`` pick which settings have a flag here.
    """
    picked = [
        each for each in SETTINGS if each.name not in but and (only is None or each.name in only)
    ]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(**given: Any) -> Any:
            flags = {each.name: given.pop(each.name) for each in picked}
            return command(load(flags, os.environ), **given)

        decorated: Callable[..., Any] = run
        for setting in reversed(picked):
            decorated = _option(setting)(decorated)
        return decorated

    return decorate


def _option(setting: Setting) -> Callable[[F], F]:
    limits = f" ({setting.range})" if setting.range else ""
    default = setting.show(setting.default)
    return click.option(
        setting.flag,
        setting.name,
        metavar="VALUE",
        help=f"{setting.help}{limits}." + (f" [default: {default}]" if default else ""),
    )


__all__ = ["Settings", "with_settings"]

"""``footfall backup | restore | check``."""

from datetime import UTC, datetime
from pathlib import Path

import click

from footfall.cli.catalog import show
from footfall.cli.options import STORE, with_settings
from footfall.engines.open import DYNAMODB, MEMORY, sqlite_path
from footfall.engines.sqlite.copies import back_up
from footfall.engines.sqlite.copies import restore as restore_copy
from footfall.engines.sqlite.inspection import Inspection, inspect
from footfall.errors import InvalidInput, StoreUnavailable
from footfall.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_settings(STORE)
def backup(settings: Settings, file: Path) -> None:
    """Copy the store to the new file FILE, also while a server uses it."""
    back_up(_path(settings.store), file)
    click.echo(f"Copied the store to {file}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the store that is there.")
@with_settings(STORE)
def restore(settings: Settings, file: Path, force: bool) -> None:
    """Make the copy FILE the store. Stop the server first."""
    path = _path(settings.store)
    restore_copy(file, path, replace=force)
    click.echo(f"{path} is now a copy of {file}. Start the server.")


@click.command()
@with_settings(STORE)
def check(settings: Settings) -> None:
    """Check that the store is whole, and show what is in it. Exit code 1 if it is damaged."""
    path = _path(settings.store)
    found = inspect(path)
    show(_described(found))
    if found.damage:
        raise StoreUnavailable(f"{path} is damaged: restore a backup. {'; '.join(found.damage)}")


def _described(found: Inspection) -> list[tuple[str, str]]:
    counts = [
        (name, f"{getattr(found, name):,}") for name in ("sites", "goals", "tokens", "events")
    ]
    return [
        ("whole", "no" if found.damage else "yes"),
        ("schema", str(found.schema)),
        *counts,
        ("oldest event (UTC)", _time(found.oldest)),
        ("newest event (UTC)", _time(found.newest)),
        ("file", _megabytes(found.size)),
        ("free in it", _megabytes(found.free)),
        ("write-ahead log", _megabytes(found.log_size)),
    ]


def _time(ms: int | None) -> str:
    if ms is None:
        return "none"
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _path(url: str) -> Path:
    """Raises InvalidInput if the store is no file."""
    if url.startswith(DYNAMODB):
        raise InvalidInput(
            "a DynamoDB table is backed up by AWS (point-in-time recovery, on-demand backups), "
            "and `footfall dynamodb status` shows its state: this command is for sqlite:/// stores",
            field="store",
        )
    if url == MEMORY:
        raise InvalidInput(f"{MEMORY} is lost at exit: there is nothing to copy", field="store")
    return sqlite_path(url)

"""``footfall ingest``: the access logs of a web server, to a running server."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat
from pathlib import Path

import click
import httpx

from footfall.errors import AlreadyExists, FootfallError, InvalidInput, StoreUnavailable
from footfall.logfiles.following import STDIN, FollowedLog
from footfall.logfiles.formats import NAMED, parser
from footfall.logfiles.page_views import SHOWN
from footfall.logfiles.reading import Block
from footfall.logfiles.sending import PASSING, PAUSES_S, Sender, persist
from footfall.logfiles.shown import shown

AGAIN = (*PASSING, AlreadyExists)
"""After these, a log is read again from where the server has it."""
LOOK_S = 0.5
"""Between two looks for new lines."""
PATIENT_PAUSE_S = 1.0
"""Between two tries while a log is followed: without end."""
TIMEOUT_S = 60
IMPORT_TIMEOUT_S = 3_600
"""The answer comes when all is archived."""


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--site", "site", metavar="ID", required=True, help="The site that they are of.")
@click.option(
    "--format",
    "how",
    default="combined",
    show_default=True,
    metavar="FORMAT",
    help=f"{', '.join(NAMED)}, or nginx's log_format.",
)
@click.option("--follow", is_flag=True, help="Go on as lines come, across rotation.")
@click.option(
    "--host", default="", help="Of the pages, where the log has none. [default: the site's domain]"
)
@click.option(
    "--url",
    envvar="FOOTFALL_URL",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Of the Footfall server.",
)
@click.option("--token", envvar="FOOTFALL_TOKEN", required=True, help="A write token of the site.")
def ingest(
    files: tuple[str, ...], site: str, how: str, follow: bool, host: str, url: str, token: str
) -> None:
    """Count the page views in access logs: FILES, also compressed by gzip, or - for standard input.

    Lines of the last half hour, or whatever the server's window is, count there, older ones in
    history. The same lines count once, however often they are sent.
    """
    parser(how)  # or say what is wrong with it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if follow and "-" in files:
        raise InvalidInput("standard input is read to its end as it is: leave --follow out")
    with _client(url, token) as client:
        sender = Sender(client, site)
        logs = [FollowedLog(Path(file), lambda: parser(how), sender, host) for file in files]
        try:
            for log in logs:
                _read(log)
            while follow:
                time.sleep(LOOK_S)
                for log in logs:
                    _persist(partial(log.read_new, _ignore), repeat(PATIENT_PAUSE_S))
        except KeyboardInterrupt:
            click.echo()
        finally:
            _report(sender, logs)
            for log in logs:
                log.close()


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    timeout = httpx.Timeout(TIMEOUT_S, read=IMPORT_TIMEOUT_S)
    return httpx.Client(base_url=url, headers=headers, timeout=timeout)


def _read(log: FollowedLog) -> None:
    """What is there now."""
    if log.path == STDIN:  # it can't be read twice
        log.read_new(_ignore)
        return
    size = log.path.stat().st_size if log.path.exists() else 0
    began, lines = time.monotonic(), 0

    def rate(_: object) -> str:
        return f"{lines / (time.monotonic() - began):,.0f} lines/s"

    def read(block: Block) -> None:
        nonlocal lines
        lines += len(block.lines)
        bar.update(block.read - bar.pos)

    with click.progressbar(
        length=size, label=shown(log.path.name), item_show_func=rate, file=sys.stderr
    ) as bar:
        _persist(partial(log.read_new, read))


def _persist(work: Callable[[], None], pauses: Iterable[float] = PAUSES_S) -> None:
    """Raises StoreUnavailable when the server stays away or busy."""
    try:
        persist(work, pauses, AGAIN, _tell)
    except AGAIN as error:
        raise StoreUnavailable(str(error)) from error


def _tell(error: FootfallError) -> None:
    click.echo(f"{error}; trying again", err=True)


def _ignore(_: Block) -> None:
    pass


def _report(sender: Sender, logs: list[FollowedLog]) -> None:
    lines = sum(log.lines for log in logs)
    left_out = sum((log.left_out for log in logs), Counter[str]()) + sender.dropped
    click.echo(
        f"{lines:,} lines: {sender.into_history:,} page views into history, "
        f"{sender.into_window:,} into the window"
    )
    if left_out:
        listed = ", ".join(f"{count:,} {reason}" for reason, count in left_out.most_common())
        click.echo(f"left out: {listed}")
    for log in logs:
        for line in log.bad[:SHOWN]:
            click.echo(f"{shown(str(log.path))}: bad line: {shown(line)}")
        if log.ahead_ms:
            click.echo(
                f"{shown(str(log.path))}: its next line is {log.ahead_ms // 1000 + 1} s ahead of "
                "the server's clock: run this again when it has come, or set the clocks"
            )
        elif log.has_unfinished_line:
            click.echo(f"{shown(str(log.path))}: its last line has no end yet, and waits for it")

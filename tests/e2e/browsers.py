"""Debian's Chromium, driven by Playwright for Python: the one way for all tests in a browser.

Playwright's own browsers are not needed, so nothing is downloaded.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright
from playwright.sync_api import TimeoutError as NoAnswer

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UBUNTU = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
"""An ordinary user agent: headless Chromium's own is a robot's."""
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1"
)

ANSWER_MS = 10_000
"""Far longer than a browser takes that answers at all."""


def launch(playwright: Playwright) -> Browser:
    """For many contexts. Every page in it is visible at once, which no real tab bar can do."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )


@contextlib.contextmanager
def tab_bar(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """One window whose tabs hide each other, as Playwright's own settings prevent."""
    with chromium(profile, "--remote-debugging-port=0") as process:
        assert process.stderr is not None
        announced = next(line for line in process.stderr if "DevTools listening on" in line)
        browser = connected(playwright, announced.split()[-1])
        yield browser.contexts[0]
        browser.close()


def connected(playwright: Playwright, address: str) -> Browser:
    """A browser that has only just begun has once left a caller unanswered: it is asked again."""
    connect = playwright.chromium.connect_over_cdp
    with contextlib.suppress(NoAnswer):
        return connect(address, no_defaults=True, timeout=ANSWER_MS)
    return connect(address, no_defaults=True)


@contextlib.contextmanager
def chromium(profile: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A browser that nobody drives."""
    command = [CHROMIUM, "--headless", f"--user-data-dir={profile}", *FLAGS, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()

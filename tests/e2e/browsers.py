"""Chromium for all browser tests: Debian's package, driven by Playwright for Python.

Nothing is downloaded, since Playwright's own browsers are not needed.
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
"""An ordinary user agent: that of headless Chromium counts as a bot."""
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1"
)

ANSWER_MS = 10_000
"""Far longer than a working browser takes to answer."""


def launch(playwright: Playwright) -> Browser:
    """One browser for many contexts. All its pages are visible at once, unlike real tabs."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )


@contextlib.contextmanager
def tab_bar(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A window with real tabs, of which only the one in front is visible.

    Playwright's own way to launch a browser prevents this.
    """
    with chromium(profile, "--remote-debugging-port=0") as process:
        assert process.stderr is not None
        announced = next(line for line in process.stderr if "DevTools listening on" in line)
        browser = connected(playwright, announced.split()[-1])
        yield browser.contexts[0]
        browser.close()


def connected(playwright: Playwright, address: str) -> Browser:
    """Connects, a second time if needed: a browser that has just started may not answer."""
    connect = playwright.chromium.connect_over_cdp
    with contextlib.suppress(NoAnswer):
        return connect(address, no_defaults=True, timeout=ANSWER_MS)
    return connect(address, no_defaults=True)


@contextlib.contextmanager
def chromium(profile: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A browser without automation."""
    command = [CHROMIUM, "--headless", f"--user-data-dir={profile}", *FLAGS, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()

"""The shop's pages, which carry the tracker, and their assets."""

from functools import cache
from pathlib import Path
from string import Template

from footfall.demo.sitemap import PAGES, title_of

_HERE = Path(__file__).parent

ASSETS = tuple(sorted(file.name for file in (_HERE / "assets").iterdir()))


@cache
def render(page: str) -> str:
    """The HTML of a page of the sitemap."""
    layout = Template(_read("html", "layout.html").decode())
    content = _read("html", f"{_template(page)}.html").decode()
    return layout.substitute(title=title_of(page), content=content)


def asset(name: str) -> bytes:
    return _read("assets", name)


def _template(page: str) -> str:
    """The steps of the finder share one page, whose script distinguishes them."""
    if PAGES[page].spa:
        return "finder"
    return page.rpartition("/")[2] or "home"


@cache
def _read(folder: str, name: str) -> bytes:
    return (_HERE / folder / name).read_bytes()

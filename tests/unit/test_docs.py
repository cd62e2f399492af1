"""Links between the documentation pages resolve, and every page is linked."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    links = LINK.findall(page.read_text())
    dead = [link for link in links if not (page.parent / link).exists()]
    assert not dead


def test_every_page_of_docs_is_reachable_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        if page.suffix == ".md":
            waiting += [(page.parent / link).resolve() for link in LINK.findall(page.read_text())]
    orphans = set((ROOT / "docs").glob("*.md")) - reached
    assert not orphans, f"no page links to these: {orphans}"

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


def _rows_of_reliability() -> list[tuple[str, str, str]]:
    """(fault, file, part of a test's name) for each test that a row names."""
    text = (ROOT / "docs" / "reliability.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [
        (row[0], file, name)
        for row in rows
        if row[0] != "fault"
        for file, name in re.findall(r"`([\w/]+\.py)`(?:: `(\w+)`)?", row[-1])
    ]


def test_every_fault_has_a_row_that_names_a_test() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "| fault |" not in line]
    assert len(rows) > 20
    assert all(".py`" in row.rpartition(" | ")[2] for row in rows)


@pytest.mark.parametrize(("fault", "file", "name"), _rows_of_reliability())
def test_a_test_that_reliability_names_exists(fault: str, file: str, name: str) -> None:
    folders = ("tests/e2e", "tests/unit", "tests", ".")
    found = [path for folder in folders if (path := ROOT / folder / file).is_file()]
    assert found, f"{fault}: there is no {file}"
    assert re.search(rf"def test_\w*{name}", found[0].read_text()), f"{fault}: no test {name}"


def test_the_docs_name_each_attribute_that_the_tracker_reads() -> None:
    source = (ROOT / "web" / "tracker" / "src" / "options.ts").read_text()
    read = {*re.findall(r"dataset\.(\w+)", source), *re.findall(r'"(\w+)" in dataset', source)}
    attributes = {"data-" + re.sub("([A-Z])", r"-\1", name).lower() for name in read}
    page = (ROOT / "docs" / "collecting.md").read_text()
    assert set(re.findall(r"^\| `(data-[a-z-]+)", page, re.MULTILINE)) == attributes

"""Every dependency is pinned with hashes, without addresses, so an install resolves nothing."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(path: Path) -> dict[str, str]:
    """The whole entry, including its hashes, by name."""
    entries = path.read_text().replace("\\\n", " ").splitlines()
    return {entry.split("==")[0].lower(): entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_each_requirement_has_a_version_and_hashes_but_no_address(path: Path) -> None:
    for entry in pinned(path).values():
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in path.read_text()


def test_every_runtime_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=~;\s]", each)[0] for each in project["dependencies"]}
    assert wanted <= pinned(ROOT / "requirements/base.txt").keys(), "run `make pins`"


def test_the_npm_lock_has_hashes_but_no_addresses() -> None:
    lock = json.loads((ROOT / "web/package-lock.json").read_text())
    installed = {
        name: entry
        for name, entry in lock["packages"].items()
        if "node_modules/" in name and not entry.get("link")
    }
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if "integrity" not in entry] == []

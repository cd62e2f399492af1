"""The rules of ARCHITECTURE.md that a reader of one file can't see: layers, size, clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "footfall"

WORDS = {"model", "errors"}
PORTS = {"eventlog", "catalog"}
STAGES = {"collect", "enrich", "window", "eventlog", "catalog"}
WIRING = {"http", "app", "cli", "demo", "serverless", "__main__"}
"""What may import ``http``, ``app`` and ``settings``: nothing else may."""

MAY_IMPORT = {
    "__init__": WORDS | {"client"},
    "errors": set[str](),
    "documents": set[str](),
    "model": {"errors"},
    **dict.fromkeys(STAGES, WORDS),
    "window": WORDS | {"documents"},
    "live": WORDS | {"documents", "window", "eventlog.port"},
    "engines": WORDS | PORTS,
    "dynamodb": WORDS | {"documents", "window", "engines.dynamodb.keys", "engines.dynamodb.items"},
    "ingest": WORDS | PORTS | {"collect", "enrich"},
    "client": WORDS | {"documents"},
    "settings": WORDS,
    "limits": WORDS,
    "validation": WORDS,
    "metrics": WORDS | STAGES | {"engines", "ingest", "limits", "live"},
}
"""By first name below ``footfall``; itself is always allowed, and third parties are free."""

MAX_LINES = 400
CLOCKS = {"time", "time_ns", "monotonic", "monotonic_ns", "now", "utcnow", "today"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def owner(path: Path) -> str:
    """``window/site.py`` belongs to ``window``, ``app.py`` to ``app``."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def footfall_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name below ``footfall`` of every import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("footfall."):
                yield node.lineno, name.removeprefix("footfall.")


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def test_each_layer_imports_only_what_its_rule_allows() -> None:
    broken = []
    for path in modules():
        layer = owner(path)
        if layer in WIRING:
            continue
        assert layer in MAY_IMPORT, f"{path.name}: say in MAY_IMPORT what {layer} may import"
        allowed = MAY_IMPORT[layer] | {layer}
        for line, name in footfall_imports(ast.parse(path.read_text())):
            if not any(is_below(name, prefix) for prefix in allowed):
                broken.append(f"{path.relative_to(ROOT)}:{line} imports footfall.{name}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "web"])
def test_no_file_is_past_400_lines(folder: str) -> None:
    long = []
    for path in (ROOT / folder).rglob("*"):
        if path.suffix not in {".py", ".ts", ".vue", ".js", ".mjs", ".css", ".html"}:
            continue
        if {"node_modules", "static"} & set(path.relative_to(ROOT).parts):
            continue
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            long.append(f"{path.relative_to(ROOT)} has {lines} lines: give it a second room")
    assert not long, "\n".join(long)


def reads_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    if not isinstance(node, ast.Attribute) or node.attr not in CLOCKS:
        return False
    return ast.unparse(node.value).split(".")[-1] in {"time", "datetime", "date"}


def test_the_window_never_reads_the_clock() -> None:
    reads = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in sorted((PACKAGE / "window").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if reads_clock(node)
    ]
    assert not reads, f"time comes in as a parameter; these lines read a clock: {reads}"

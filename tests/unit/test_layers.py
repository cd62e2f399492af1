"""The rules of ARCHITECTURE.md that a reader of one file can't see: layers, circles, names, size,
clock, and the path of one event."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "footfall"
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()

WORDS = {"model", "errors", "times"}
LOOP = {"background", "clock", "deadlines"}
PORTS = {"eventlog", "catalog", "history.port"}
STAGES = {"collect", "enrich", "window", "eventlog", "catalog"}
SERVER = {
    "background",
    "decoding",
    "clock",
    "collect",
    "documents",
    "history",
    "ingest",
    "live",
    "logs",
    "page_check",
    "patterns",
    "principal",
    "settings",
    "urls",
    "validation",
    "window",
}
MAY_IMPORT = {
    "__init__": WORDS | {"client"},
    "errors": set[str](),
    "documents": set[str](),
    "times": set[str](),
    "clock": set[str](),
    "background": set[str](),
    "caches": set[str](),
    "deadlines": set[str](),
    "urls": {"caches"},
    "decoding": set[str](),
    "model": {"errors"},
    "principal": {"errors"},
    "address_queue": {"errors"},
    "collect": WORDS | {"caches", "clock", "decoding", "urls"},
    "enrich": WORDS | {"background", "caches", "patterns", "urls"},
    "eventlog": WORDS | LOOP,
    "catalog": WORDS | LOOP | {"patterns", "urls"},
    "window": WORDS | {"documents"},
    "logs": set[str](),
    "live": WORDS | LOOP | {"documents", "window", "eventlog.port", "principal", "address_queue"},
    "history": WORDS
    | LOOP
    | {"address_queue", "documents", "eventlog.port", "logs", "principal", "window"},
    "engines": WORDS | PORTS | LOOP,
    "dynamodb": WORDS
    | {"decoding", "documents", "window", "engines.dynamodb.keys", "engines.dynamodb.items"},
    "imports": WORDS | {"collect", "enrich", "history"},
    "logfiles": WORDS | {"client", "collect", "urls"},
    "page_address": set[str](),
    "page_check": WORDS | {"page_address"},
    "goal_trial": WORDS | {"enrich", "live", "principal"},
    "ingest": WORDS | PORTS | {"collect", "enrich"},
    "client": WORDS | {"background", "documents"},
    "demo": WORDS | {"catalog", "clock"},
    "settings": WORDS | {"networks"},
    "networks": set[str](),
    "validation": WORDS | {"patterns"},
    "patterns": {"errors"},
    "metrics": WORDS
    | STAGES
    | {"background", "engines.open", "history", "ingest", "live", "page_check"},
    "http": WORDS | PORTS | SERVER | {"demo"},
    "app": WORDS
    | PORTS
    | STAGES
    | SERVER
    | {"engines.open", "goal_trial", "http", "lifecycle", "metrics"},
    "lifecycle": WORDS | PORTS | {"background", "enrich", "engines.open", "history", "live"},
    "build": set[str](),
    "cli": WORDS
    | PORTS
    | SERVER
    | {"app", "build", "demo", "engines", "enrich", "http", "imports", "logfiles"},
    "serverless": WORDS
    | PORTS
    | SERVER
    | {"app", "dynamodb", "engines", "enrich", "http", "lifecycle"},
    "__main__": {"cli"},
}
"""By first name below ``footfall``; itself is always allowed."""

ONLY_IN = {
    "aiobotocore": {"engines"},
    "botocore": {"engines"},
    "sqlite3": {"engines"},
    "starlette": {"http", "app", "lifecycle"},
    "uvicorn": {"http", "app"},
    "click": {"cli"},
    "duckdb": {"history", "cli"},
    "tabulate": {"cli"},
    "mangum": {"serverless"},
    "maxminddb": {"enrich"},
    "httpx": {"cli", "client", "demo", "logfiles", "page_check"},
    "websockets": {"client"},
}
"""Third parties that one part of the code speaks for all others."""

SDK = ROOT / "sdk" / "src" / "footfall_sdk"
DJANGO = {"django", "asgiref"}
MAX_LINES = 400
CLOCKS = {"time", "time_ns", "monotonic", "monotonic_ns", "now", "utcnow", "today", "now_ms"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def owner(path: Path) -> str:
    """``window/site.py`` belongs to ``window``, ``app.py`` to ``app``."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def footfall_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The same below ``footfall``, without that name."""
    for line, name in imports(tree):
        if name.startswith("footfall."):
            yield line, name.removeprefix("footfall.")


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def test_each_layer_imports_only_what_its_rule_allows() -> None:
    broken = []
    for path in modules():
        layer = owner(path)
        assert layer in MAY_IMPORT, f"{path.name}: say in MAY_IMPORT what {layer} may import"
        allowed = MAY_IMPORT[layer] | {layer}
        for line, name in footfall_imports(parsed(path)):
            if not any(is_below(name, prefix) for prefix in allowed):
                broken.append(f"{path.relative_to(ROOT)}:{line} imports footfall.{name}")
    assert not broken, "\n".join(broken)


def test_third_parties_are_imported_only_where_they_belong() -> None:
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules()
        for line, name in imports(parsed(path))
        if owner(path) not in ONLY_IN.get(name.partition(".")[0], {owner(path)})
    ]
    assert not broken, "\n".join(broken)


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in modules()
    }
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        found = {imported for _, imported in footfall_imports(parsed(path))}
        # ``from footfall.a import b`` is a module b, or something in module a.
        wanted = {each if each in names else each.rpartition(".")[0] for each in found}
        graph[name] = (wanted & names.keys()) - {name}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def named_types(path: Path) -> Iterator[str]:
    """Classes, and aliases of types."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in parsed(path).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def test_no_two_types_share_a_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in modules():
        for name in named_types(path):
            places[name].append(str(path.relative_to(ROOT)))
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert not shared


STEP = re.compile(r"^\| \d+ \| `(?P<file>[^`]+)` \| `(?P<name>[^`]+)` \|", re.M)


@pytest.mark.parametrize(
    ("file", "name"),
    STEP.findall(ARCHITECTURE),
    ids=str,
)
def test_the_path_of_one_event_and_of_one_update_is_there(file: str, name: str) -> None:
    path = ROOT / file
    assert path.is_file()
    if path.suffix == ".py":
        assert name in set(qualified_names(parsed(path)))
    else:
        plain = re.escape(name.rpartition(".")[2])
        assert re.search(rf"\b{plain}\b", path.read_text())


def test_the_path_of_one_event_has_ten_steps() -> None:
    section = ARCHITECTURE.partition("## Follow one event")[2].partition("\n## ")[0]
    assert len(STEP.findall(section)) == 10


def qualified_names(tree: ast.AST, prefix: str = "") -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name
            yield from qualified_names(node, f"{prefix}{node.name}.")


def is_generated(path: Path) -> bool:
    return ".generated." in path.name


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "web"])
def test_no_file_is_past_400_lines(folder: str) -> None:
    long = []
    for path in (ROOT / folder).rglob("*"):
        if path.suffix not in {".py", ".ts", ".vue", ".js", ".mjs", ".css", ".html"}:
            continue
        if {"node_modules", "static"} & set(path.relative_to(ROOT).parts) or is_generated(path):
            continue
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            long.append(f"{path.relative_to(ROOT)} has {lines} lines: give it a second room")
    assert not long, "\n".join(long)


def reads_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in ("time", "footfall.clock")
    if not isinstance(node, ast.Attribute) or node.attr not in CLOCKS:
        return False
    return ast.unparse(node.value).split(".")[-1] in {"time", "datetime", "date", "clock"}


def test_the_window_never_reads_the_clock() -> None:
    reads = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in sorted((PACKAGE / "window").rglob("*.py"))
        for node in ast.walk(parsed(path))
        if reads_clock(node)
    ]
    assert not reads, f"time comes in as a parameter; these lines read a clock: {reads}"


def test_the_sdk_needs_nothing_but_the_standard_library() -> None:
    """Who does not use Django does not load what uses it."""
    allowed = {*sys.stdlib_module_names, "footfall_sdk", "_typeshed"}
    for path in SDK.rglob("*.py"):
        below = SDK / "django" in path.parents
        names = {name.split(".")[0] for _, name in imports(parsed(path))}
        assert names <= allowed | (DJANGO if below else set()), path
        uses_django = [name for _, name in imports(parsed(path)) if ".django" in name]
        assert below or not uses_django, path

"""Figures with their bars, and the files that record them with the machine they are from."""

import os
import platform
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
PACKAGES = ("uvicorn", "uvloop", "httptools", "websockets", "starlette", "msgspec", "ua-parser-rs")


class Figure(msgspec.Struct, kw_only=True):
    """``bar`` is what ``value`` must reach (``at least``) or not exceed (``at most``)."""

    name: str
    value: float
    unit: str
    bar: float
    sense: Literal["at least", "at most"]
    details: dict[str, Any] = {}
    """Rounds, percentiles, sizes: what a reader needs to judge or reproduce the figure."""

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.sense == "at least" else self.value <= self.bar


class Results(msgspec.Struct):
    """The result file of one benchmark."""

    taken: str
    machine: dict[str, str]
    versions: dict[str, str]
    figures: list[Figure]


def record(benchmark: str, figures: list[Figure]) -> None:
    """Print ``figures``, and write them to ``results/<benchmark>.json``."""
    for figure in figures:
        print(row(figure, benchmark))
    results = Results(
        taken=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        versions=versions(),
        figures=figures,
    )
    RESULTS.mkdir(exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(results), indent=2)
    (RESULTS / f"{benchmark}.json").write_bytes(encoded + b"\n")


def machine() -> dict[str, str]:
    def find(file: str, pattern: str) -> str:
        found = re.search(pattern, Path(file).read_text())
        return found.group(1).strip() if found else "unknown"

    kib = int(find("/proc/meminfo", r"MemTotal:\s+(\d+)"))
    return {
        "processor": find("/proc/cpuinfo", r"model name\s*:\s*(.+)"),
        "cores": str(os.cpu_count()),
        "memory": f"{kib / 2**20:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
    }


def versions() -> dict[str, str]:
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, cwd=FOLDER, check=False, capture_output=True, text=True)
    return {
        "footfall": commit.stdout.strip() or version("footfall"),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        **{package: version(package) for package in PACKAGES},
    }


def number(value: float) -> str:
    """``value`` with about three significant digits."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def row(figure: Figure, benchmark: str) -> str:
    verdict = "yes" if figure.holds else "**no**"
    return (
        f"| {figure.name} | {number(figure.value)} {figure.unit} "
        f"| {figure.sense} {number(figure.bar)} | {verdict} "
        f"| [{benchmark}](results/{benchmark}.json) |"
    )


def write_table(order: tuple[str, ...]) -> None:
    """Write ``RESULTS.md`` from the files in ``results/``."""
    notes = (FOLDER / "NOTES.md").read_text()
    lines = ["# Results", "", "Made by `make bench`; the notes below the table are by hand.", ""]
    lines += ["| figure | result | bar | held | all of it |", "|---|---|---|---|---|"]
    machines: dict[str, None] = {}
    for benchmark in order:
        path = RESULTS / f"{benchmark}.json"
        if not path.exists():
            continue
        results = msgspec.json.decode(path.read_bytes(), type=Results)
        lines += [row(figure, benchmark) for figure in results.figures]
        machines[describe(results)] = None
    lines += ["", *(f"* {each}" for each in machines), "", notes]
    (FOLDER / "RESULTS.md").write_text("\n".join(lines))


def describe(results: Results) -> str:
    """One line with date, machine and versions, the same for all benchmarks that share them."""
    parts = {**results.machine, **results.versions}
    parts.pop("footfall")
    return results.taken[:10] + ": " + ", ".join(f"{name} {value}" for name, value in parts.items())

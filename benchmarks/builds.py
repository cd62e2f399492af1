"""Compiled, as ``make bench`` runs everything, and pure Python, from the sources."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from footfall.build import build

PATH = "PYTHONPATH"


def require_compiled() -> None:
    """Raises RuntimeError where this process runs the pure build."""
    if build() != "compiled":
        raise RuntimeError("this is the pure build: run `make bench ARGS=…`")


@contextmanager
def pure() -> Iterator[None]:
    """Processes that are started in the block run the pure build."""
    compiled = os.environ.pop(PATH)
    try:
        yield
    finally:
        os.environ[PATH] = compiled


def call(module: str, function: str) -> Any:
    """What the function of a benchmark returns, in a process of its own."""
    script = f"import msgspec; from benchmarks import {module} as it\n"
    script += f"print(msgspec.json.encode(it.{function}()).decode())"
    started = [sys.executable, "-c", script]
    answer = subprocess.run(started, check=True, stdout=subprocess.PIPE).stdout
    return msgspec.json.decode(answer.splitlines()[-1])

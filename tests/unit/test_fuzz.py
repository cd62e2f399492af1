"""The fuzzer finds nothing, and its probe would notice what it looks for."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from footfall.collect.collector import Collector
from footfall.enrich.enricher import Enricher
from footfall.errors import Overloaded
from footfall.model import Event
from tools.collect_probe import CALLER_ADDRESS, GOOD, Broken, Probe, Request

ROOT = Path(__file__).parents[2]
RUNS = 100_000
"""Of each target, the same ones every time: about a minute in all."""
MINUTES = 10


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no wheel for this machine")
def test_no_input_of_the_fuzzer_breaks_collecting(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tools.fuzz", "--runs", str(RUNS)]
    run = subprocess.run(
        command,
        check=False,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=MINUTES * 60,
    )
    output = run.stdout.decode(errors="replace")
    assert run.returncode == 0, output[-3000:]
    assert output.count(f"stat::number_of_executed_units: {RUNS}") == 3


def test_a_good_request_is_stored() -> None:
    assert Probe().check(Request(body=GOOD)) == 204


def test_an_unexpected_exception_breaks_a_property(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise KeyError

    monkeypatch.setattr(Collector, "collect", fail)
    with pytest.raises(Broken, match="500"):
        Probe().check(Request(body=GOOD))


def test_a_refusal_that_collecting_does_not_know_breaks_a_property(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise Overloaded("")

    monkeypatch.setattr(Collector, "collect", fail)
    with pytest.raises(Broken, match="503"):
        Probe().check(Request(body=GOOD))


def test_a_slow_request_breaks_a_property(monkeypatch: pytest.MonkeyPatch) -> None:
    collect = Collector.collect

    def slow(*arguments: Any) -> Any:
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        return collect(*arguments)

    monkeypatch.setattr(Collector, "collect", slow)
    with pytest.raises(Broken, match="more than"):
        Probe().check(Request(body=GOOD))


def test_an_address_in_an_event_breaks_a_property(monkeypatch: pytest.MonkeyPatch) -> None:
    enrich = Enricher.enrich

    def leak(*arguments: Any) -> Any:
        event = enrich(*arguments)
        assert isinstance(event, Event)
        return msgspec.structs.replace(event, title=CALLER_ADDRESS)

    monkeypatch.setattr(Enricher, "enrich", leak)
    with pytest.raises(Broken, match="address"):
        Probe().check(Request(body=GOOD, headers=[(b"user-agent", b"Mozilla/5.0 Firefox/140")]))

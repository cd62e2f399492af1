"""A minute against a whole server finds nothing, and would notice what it looks for."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import until
from tools.fuzz_whole.agreement import compare
from tools.fuzz_whole.attack import Attack, judge
from tools.fuzz_whole.requests import ADMIN, Request
from tools.fuzz_whole.target import LASTING, Answer, Finding, Target, judge_log

ROOT = Path(__file__).parents[2]
RUNS = 2_000
"""The same ones every time but for the times in them: about a minute."""
MINUTES = 10


@pytest.mark.slow
def test_nothing_breaks_a_server_from_its_requests_to_its_reports(tmp_path: Path) -> None:
    paths = (ROOT / "src", ROOT / "sdk" / "src", ROOT)
    run = subprocess.run(
        [sys.executable, "-m", "tools.fuzz_whole", "--runs", str(RUNS), "--seed", "1"],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=MINUTES * 60,
    )
    output = run.stdout.decode(errors="replace")
    assert run.returncode == 0, output[-6000:]
    assert f"{RUNS:,} requests" in output


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"error":"something went wrong"}'),
        (503, b'{"error":"the report failed"}'),
        (400, b"{}"),
        (400, b'["error"]'),
        (200, b'{"visitors":NaN}'),
        (400, b'{"error":"bad: b\'trailing\'"}'),
    ],
)
def test_an_answer_that_should_not_be_is_found(status: int, body: bytes) -> None:
    with pytest.raises(Finding):
        judge(Answer(status, "application/json", body))


def test_a_good_answer_is_none() -> None:
    judge(Answer(400, "application/json", b'{"error":"from must be before to","field":"from"}'))
    judge(Answer(200, "application/json", b'{"visitors":1}'))
    judge(Answer(200, "text/csv", b"NaN"))


@pytest.mark.parametrize(
    "line", ["2026-11-30T21:01:45Z [error    ] report.failed", "Traceback (most recent call last):"]
)
def test_an_error_in_the_log_is_found(line: str) -> None:
    judge_log("2026-11-30T21:01:45Z [info     ] archive.imported error=none")
    with pytest.raises(Finding, match="in the log"):
        judge_log(f"a line\n{line}\n")


def test_numbers_that_differ_are_found() -> None:
    compare("the report", {"visitors": 1, "pages": [1, 2]}, {"pages": [1, 2]})
    with pytest.raises(Finding, match="the report has pages"):
        compare("the report", {"visitors": 1, "pages": [1, 2]}, {"pages": [1, 3]})


def test_a_seed_repeats_its_requests() -> None:
    target = Target(Path())
    again = [Attack(target, 7).request(number).target for number in range(200)]
    assert [Attack(target, 7).request(number).target for number in range(200)] == again
    assert [Attack(target, 8).request(number).target for number in range(200)] != again


def test_a_process_that_restarts_is_found(tmp_path: Path) -> None:
    with Target(tmp_path) as target:
        target.check()
        assert target.send(Request("GET", "/healthz", caller=ADMIN)).status == 200
        pid = next(pid for pid, module in target.processes() if module in LASTING)
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in dict(target.processes()))
        with pytest.raises(Finding):
            target.check()

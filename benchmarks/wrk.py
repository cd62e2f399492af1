"""The load generator wrk: single runs, and two servers compared in interleaved rounds."""

import os
import re
import statistics
import subprocess
from pathlib import Path

import msgspec

REPLAY = Path(__file__).with_name("replay.lua")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Run(msgspec.Struct):
    """Requests per second, and latencies in ms."""

    rate: float
    p50: float
    p99: float


class Load(msgspec.Struct, frozen=True):
    """What one client thread sends; the other core is for the server."""

    requests: Path
    connections: int
    seconds: int = 6


def run(url: str, load: Load, serial: int) -> Run:
    """One run. Raises if any answer is an error, since errors are faster than the work."""
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--latency"]
    command += ["--timeout", "10s", "-s", str(REPLAY), url]
    env = {**os.environ, "BENCH_REQUESTS": str(load.requests), "BENCH_RUN": f"{serial:04d}"}
    text = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"some requests to {url} failed:\n{text}")
    return Run(
        rate=float(_find(r"Requests/sec:\s+([\d.]+)", text)[0]),
        p50=_latency("50", text),
        p99=_latency("99", text),
    )


def _find(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"wrk printed no {pattern}:\n{text}")
    return found.groups()


def _latency(percentile: str, text: str) -> float:
    value, unit = _find(rf"\s{percentile}%\s+([\d.]+)(us|ms|s)", text)
    return float(value) * _UNITS[unit]


class Comparison(msgspec.Struct):
    """``ratio`` is the median of the ratios per round: runs close in time share their noise."""

    ratio: float
    ours: Run
    baseline: Run
    ratios: list[float]


def compare(ours: str, baseline: str, load: Load, rounds: int = 5) -> Comparison:
    """Rounds of one run each, after a warm-up round. Which server goes first alternates."""
    pairs: list[tuple[Run, Run]] = []
    for number in range(rounds + 1):
        order = (ours, baseline) if number % 2 else (baseline, ours)
        taken = {url: run(url, load, number) for url in order}
        pair = (taken[ours], taken[baseline])
        print(f"  round {number}: {pair[0].rate:,.0f} against {pair[1].rate:,.0f} requests/s")
        pairs.append(pair)
    del pairs[0]
    ratios = [first.rate / second.rate for first, second in pairs]
    return Comparison(
        ratio=statistics.median(ratios),
        ours=median_run([first for first, _ in pairs]),
        baseline=median_run([second for _, second in pairs]),
        ratios=[round(ratio, 3) for ratio in ratios],
    )


def median_run(runs: list[Run]) -> Run:
    return Run(
        rate=round(statistics.median(run.rate for run in runs), 1),
        p50=round(statistics.median(run.p50 for run in runs), 2),
        p99=round(statistics.median(run.p99 for run in runs), 2),
    )

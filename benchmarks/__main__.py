"""``python -m benchmarks [NAME…]`` runs each benchmark in its own process and writes the table.

Without names it runs all but those that take an hour.
"""

import subprocess
import sys

from benchmarks.figures import write_table

BENCHMARKS = (
    "collect",
    "malformed",
    "abuse",
    "hoard",
    "soak",
    "batches",
    "fold",
    "update",
    "replay",
    "sdk",
    "ingest",
    "growth",
    "latency",
    "reports",
    "realtime",
    "idle",
    "stretch",
    "quiet",
    "dashboard",
    "dynamodb",
    "kills",
    "archive_kills",
    "archive_starts",
    "install",
    "vue_app",
)


LONG = ("soak",)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}: choose from {', '.join(BENCHMARKS)}")
        return 2
    failed = []
    for name in names or [each for each in BENCHMARKS if each not in LONG]:
        print(f"{name}:", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    write_table(BENCHMARKS)
    if failed:
        print(f"failed: {', '.join(failed)}; their old results are kept")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``python -m benchmarks [NAME…]``: each benchmark in a process of its own, then the table."""

import subprocess
import sys

from benchmarks.figures import write_table

BENCHMARKS = (
    "collect",
    "batches",
    "fold",
    "update",
    "replay",
    "latency",
    "realtime",
    "dashboard",
    "dynamodb",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark called {', '.join(unknown)}: choose among {', '.join(BENCHMARKS)}")
        return 2
    failed = []
    for name in names or BENCHMARKS:
        print(f"{name}:", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    write_table(BENCHMARKS)
    if failed:
        print(f"could not be measured: {', '.join(failed)}; their old results stand")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

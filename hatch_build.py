"""Builds what a wheel has beside its sources: the browser assets, and the compiled modules."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/footfall/http/static")
SENTINEL = STATIC / "footfall.js"
COMPILED = (
    "collect/collector.py",
    "collect/rate_limit.py",
    "collect/site_filter.py",
    "enrich/enricher.py",
    "enrich/geo.py",
    "enrich/goals.py",
    "enrich/properties.py",
    "enrich/user_agent.py",
    "enrich/visitor.py",
    "http/serving/direct_collect.py",
    "window/active.py",
    "window/concerned.py",
    "window/deeds.py",
    "window/deduplicator.py",
    "window/feed.py",
    "window/minutes.py",
    "window/population.py",
    "window/presence.py",
    "window/site.py",
    "window/tally.py",
    "window/traffic.py",
    "window/view.py",
    "window/visitor.py",
)
"""What each event passes through. Modules that define msgspec's structs can't be compiled."""


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Skips editable installs: ``make`` builds their assets, and sources that are edited stay as
    they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":
            return
        build_assets(root)
        if self.target_name == "wheel" and is_to_compile():
            target = root / "build" / "compiled"
            for library in compile_into(root, target):
                build_data["force_include"][str(library)] = str(library.relative_to(target))
            build_data["pure_python"] = False
            build_data["infer_tag"] = True


def build_assets(root: Path) -> None:
    """Run ``npm ci`` and ``npm run build`` unless the assets exist."""
    if (root / SENTINEL).exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "The browser assets are not built and npm is not on the PATH. Install Node.js "
            "20 or newer and build again, or build from an sdist, which carries them."
        )
    for arguments in (["ci"], ["run", "build"]):
        subprocess.run([npm, *arguments], cwd=root / "web", check=True)
    if not (root / SENTINEL).exists():
        raise RuntimeError(
            f"'npm run build' ended well but made no {SENTINEL}. Look at its output above."
        )


def is_to_compile() -> bool:
    """Whether there is a compiler with Python's headers, and FOOTFALL_PURE does not forbid it."""
    if os.environ.get("FOOTFALL_PURE", "0") not in ("", "0"):
        return False
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_paths()["include"], "Python.h")
    return shutil.which(compiler) is not None and headers.exists()


def compile_into(root: Path, target: Path) -> list[Path]:
    """Copy the package to ``target`` and compile its hot modules there, by mypyc. Gives the
    libraries: one for each module, and one with the code of all."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        root / "src" / "footfall",
        target / "footfall",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    # Not by the rules of ``make check``: in an isolated build, what the server needs is not there.
    command = [sys.executable, "-m", "mypyc", "--config-file=", "--ignore-missing-imports"]
    modules = [f"footfall/{module}" for module in COMPILED]
    environment = {**os.environ, "MYPYC_OPT_LEVEL": "3", "MYPYC_DEBUG_LEVEL": "0"}
    result = subprocess.run(
        [*command, *modules],
        cwd=target,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    shutil.rmtree(target / "build", ignore_errors=True)
    libraries = [*target.glob("*.so"), *target.glob("footfall/**/*.so")]
    # mypyc may fail and still end well.
    if result.returncode or len(libraries) != len(COMPILED) + 1:
        raise RuntimeError(
            f"{result.stdout}\nThe modules above could not be compiled. Report it, and set "
            "FOOTFALL_PURE=1 to build without a compiler."
        )
    return libraries


if __name__ == "__main__":
    compile_into(Path(__file__).parent, Path(sys.argv[1]))

"""A stranger's virtual environment in an empty folder, with the wheel and nothing else of ours."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30
UV = str(Path(sys.executable).with_name("uv"))


def build(folder: Path) -> Path:
    """Build the sdist, and the wheel from it, where nothing is installed but what the build asks
    for. Gives the wheel, which is compiled."""
    run(ROOT, UV, "build", "--sdist", "--no-build-isolation", "--out-dir", str(folder))
    return wheel_of(folder, folder, os.environ["PATH"])


def build_pure(folder: Path, sdist_folder: Path) -> Path:
    """Build a wheel from the sdist where there is neither Node nor a compiler."""
    return wheel_of(folder, sdist_folder, str(Path(sys.executable).parent))


def wheel_of(folder: Path, sdist_folder: Path, path: str) -> Path:
    [sdist] = sdist_folder.glob("*.tar.gz")
    pins = (ROOT / "requirements" / f"{name}.txt" for name in ("base", "build", "dev"))
    constraints = [f"--build-constraints={each}" for each in pins]
    command = [UV, "build", "--wheel", "--out-dir", str(folder), "--python", sys.executable]
    run(folder, *command, *constraints, str(sdist), path=path)
    [wheel] = folder.glob("*.whl")
    return wheel


class Installed:
    """``footfall`` as installed in ``folder``, which is also its current folder."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        self._bin = folder / ".venv" / "bin"
        run(folder, UV, "venv", "--python", sys.executable, "--quiet")
        pins = ["--constraint", str(ROOT / "requirements" / "base.txt")]
        python = ["--python", str(self._bin / "python")]
        run(folder, UV, "pip", "install", "--quiet", *python, *pins, str(wheel))

    def footfall(self, *arguments: str) -> str:
        """What the command prints."""
        return run(self.folder, str(self._bin / "footfall"), *arguments, path=str(self._bin))

    def python(self, script: str) -> str:
        """What the script prints."""
        return run(self.folder, str(self._bin / "python"), "-c", script, path=str(self._bin))

    @contextlib.contextmanager
    def server(self, *arguments: str) -> Iterator[str]:
        """A command that serves, on a free port. Gives its address."""
        with subprocess.Popen(
            [str(self._bin / "footfall"), *arguments, "--port", "0"],
            cwd=self.folder,
            env=environment(str(self._bin)),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                announced = next(line for line in process.stdout if "http://" in line)
                address = next(word for word in announced.split() if word.startswith("http://"))
                yield str(httpx.URL(address).copy_with(path="", query=None)).rstrip("/")
            finally:
                process.terminate()


def wait_for_visitors(address: str, patience: float = PATIENCE_S) -> None:
    """Return when the demo at ``address`` pushes a number above 0. Raises TimeoutError when nothing
    comes for ``patience`` seconds."""
    with connect(f"{address.replace('http', 'ws')}/sites/demo/ws?full=1") as socket:
        while not json.loads(socket.recv(patience))["currentVisitors"]:
            pass


def environment(path: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PATH": path}


def run(folder: Path, *command: str, path: str | None = None) -> str:
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment(os.environ["PATH"] if path is None else path),
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
    return ended.stdout

"""``python -m tools.container``: the Dockerfile's own steps without a container engine, then the
server in what they make.

Each ``FROM debian:…`` is a folder that debootstrap fills, each ``RUN`` a shell in it by chroot. The
result runs as its user on a read-only root, is asked for its health by its own command, takes an
event, and is stopped and started again. Needs root, debootstrap and some 3 GB in ``--folder``.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
FROM_HOST = re.compile(
    r".*(_proxy|_index_url|cert_file|ca_bundle|npm_config_.*)|pip_.*|uv_.*", re.IGNORECASE
)
"""Variables that say how this machine reaches its registries."""
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELL = ("/bin/sh", "-c")
ADMIN_TOKEN = "an-admin-token-for-the-trial"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
PATIENCE_S = 60


@dataclass
class Stage:
    """An image as far as it is made."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def called(self, *command: str, user: str = "0") -> list[str]:
        pairs = [f"{name}={value}" for name, value in self.env.items()]
        inside = [
            "/usr/bin/env",
            "--ignore-environment",
            f"--chdir={self.folder}",
            *pairs,
            *command,
        ]
        return ["chroot", f"--userspec={user}:{user}", str(self.root), *inside]


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Each with its arguments."""
    lines = [line for line in dockerfile.read_text().splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


class Build:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stages: dict[str, Stage] = {}
        self._stage = Stage(folder)

    def run(self) -> Stage:
        for word, rest in instructions(DOCKERFILE):
            print(f"{word} {rest[:100]}", flush=True)
            getattr(self, f"_{word.lower()}")(rest)
        return self._stage

    def _from(self, rest: str) -> None:
        image, _, name = rest.partition(" AS ")
        base = self._folder / image.replace(":", "-")
        if not base.exists():
            release = image.removeprefix("debian:").removesuffix("-slim")
            subprocess.run(["debootstrap", "--variant=minbase", release, str(base)], check=True)
        root = self._folder / (name or "final")
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(root)], check=True)
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        self._stage = self._stages[name] = Stage(root)

    def _run(self, rest: str) -> None:
        with ways_out(self._stage) as environment:
            pairs = [f"{name}={value}" for name, value in environment.items()]
            command = self._stage.called("/usr/bin/env", *pairs, *SHELL, rest)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def _copy(self, rest: str) -> None:
        words = rest.split()
        stage = self._stages[words.pop(0).partition("=")[2]] if words[0][0] == "-" else None
        *sources, target = words
        to = self._stage.root / (Path(self._stage.folder) / target).relative_to("/")
        if stage is not None:
            to.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                ["cp", "--archive", str(stage.root / sources[0].lstrip("/")), str(to)], check=True
            )
            return
        to.mkdir(parents=True, exist_ok=True)
        for source in sources:
            copy_context(source, to)

    def _env(self, rest: str) -> None:
        for pair in shlex.split(rest):
            name, _, value = pair.partition("=")
            self._stage.env[name] = value.replace("$PATH", self._stage.env["PATH"])

    def _workdir(self, rest: str) -> None:
        self._stage.folder = rest
        (self._stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _user(self, rest: str) -> None:
        self._stage.user = rest

    def _volume(self, rest: str) -> None:
        self._stage.volumes.append(rest)

    def _expose(self, rest: str) -> None:
        assert rest == "8000"

    def _healthcheck(self, rest: str) -> None:
        self._stage.health = json.loads(rest.partition("CMD ")[2])

    def _entrypoint(self, rest: str) -> None:
        self._stage.entrypoint = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self._stage.command = json.loads(rest)


def copy_context(source: str, to: Path) -> None:
    """What ``.dockerignore`` leaves of the repository, as rsync does it."""
    rules: list[str] = []
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            rules = [f"--include=/{line[1:]}", f"--include=/{line[1:]}/**", *rules]
        elif line and not line.startswith("#"):
            anywhere = line.removeprefix("**/")
            rules = [f"--exclude={anywhere if anywhere != line else '/' + line}", *rules]
    if source == ".":
        subprocess.run(["rsync", "--archive", *rules, f"{ROOT}/", f"{to}/"], check=True)
    else:
        shutil.copy(ROOT / source, to)


@contextmanager
def ways_out(stage: Stage) -> Iterator[dict[str, str]]:
    """What a step needs of this machine to reach the registries; gone after it."""
    trusted = stage.root / "run/host-certificates.crt"
    shutil.copy(Path("/", CERTIFICATES), trusted)
    variables = {name: value for name, value in os.environ.items() if FROM_HOST.match(name)}
    inside = "/run/host-certificates.crt"
    variables = {
        name: inside if value == f"/{CERTIFICATES}" else value for name, value in variables.items()
    }
    with mounted(stage, "proc", "dev"):
        try:
            yield {**variables, "SSL_CERT_FILE": inside, "NODE_EXTRA_CA_CERTS": inside}
        finally:
            trusted.unlink()


@contextmanager
def mounted(stage: Stage, *names: str) -> Iterator[None]:
    with ExitStack() as stack:
        for name in names:
            at = str(stage.root / name)
            subprocess.run(["mount", "--rbind", f"/{name}", at], check=True)
            subprocess.run(["mount", "--make-rslave", at], check=True)
            stack.callback(subprocess.run, ["umount", "--recursive", at], check=True)
        yield


@contextmanager
def read_only(stage: Stage, data: Path) -> Iterator[None]:
    """The root can't be written; the volume is ``data``, and ``/tmp`` is in memory."""
    root, volume = str(stage.root), str(stage.root / stage.volumes[0].lstrip("/"))
    shutil.copystat(volume, data)
    os.chown(data, int(stage.user), int(stage.user))
    with ExitStack() as stack:
        for command, at in (
            (["mount", "--bind", root, root], root),
            (["mount", "--bind", str(data), volume], volume),
            (["mount", "-t", "tmpfs", "tmpfs", f"{root}/tmp"], f"{root}/tmp"),
        ):
            subprocess.run(command, check=True)
            stack.callback(subprocess.run, ["umount", at], check=True)
        stack.enter_context(mounted(stage, "proc", "dev"))
        subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
        yield


@contextmanager
def serving(stage: Stage) -> Iterator[str]:
    """The address of the server, which is healthy by its own check."""
    stage.env["FOOTFALL_ADMIN_TOKEN"] = ADMIN_TOKEN
    command = stage.called(*stage.entrypoint, *stage.command, user=stage.user)
    with subprocess.Popen(command) as process:
        try:
            deadline = time.monotonic() + PATIENCE_S
            check = stage.called(*stage.health, user=stage.user)
            while subprocess.run(check, check=False, stderr=subprocess.DEVNULL).returncode:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError("the server did not become healthy")
                time.sleep(0.2)
            yield "http://127.0.0.1:8000"
        finally:
            process.terminate()
            process.wait(10)


def attempt(stage: Stage, data: Path) -> None:
    """Use it as its operator would, and check what is promised."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    realtime = "/api/analytics/sites/shop/realtime"
    with read_only(stage, data):
        refused = stage.called("touch", "/opt/footfall/x", user=stage.user)
        assert subprocess.run(refused, check=False, stderr=subprocess.DEVNULL).returncode
        with serving(stage) as address, httpx.Client(base_url=address, headers=headers) as client:
            client.post("/api/analytics/sites", json={"id": "shop"}).raise_for_status()
            event = {"s": "shop", "e": "pageview", "u": "https://shop.example/"}
            seen = httpx.post(address + "/collect", json=event, headers=BROWSER)
            assert seen.status_code == 204, seen.text
            assert client.get(realtime).json()["pageViews"] == 1
            for path in ("/", "/footfall.js", "/footfall-elements.js"):
                client.get(path).raise_for_status()
        with serving(stage) as address, httpx.Client(base_url=address, headers=headers) as client:
            deadline = time.monotonic() + PATIENCE_S
            while (found := client.get(realtime)).status_code == 503:
                assert time.monotonic() < deadline
            assert found.json()["pageViews"] == 1, "the volume keeps what was counted"
    print(sorted(each.name for each in data.iterdir()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    stage = Build(folder).run()
    size = subprocess.run(["du", "-sm", str(stage.root)], check=True, stdout=subprocess.PIPE).stdout
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    attempt(stage, data)
    print(f"image: {size.split()[0].decode()} MB; all steps {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()

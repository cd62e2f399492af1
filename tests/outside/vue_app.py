"""A stranger's app: Vite and Vue in an empty folder, with our packages as npm installs them."""

import contextlib
import gzip
import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
DIST = WEB.parent / "dist"
PACKAGES = ("client", "vue", "elements")
TOOLS = ("vite", "@vitejs/plugin-vue", "typescript", "vue-tsc")
APP = Path(__file__).with_name("App.vue")
VITE = """
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const proxy = { "/api/analytics": { target: process.env.FOOTFALL, ws: true } };
export default defineConfig({ plugins: [vue()], preview: { proxy } });
"""
MAIN = """
import { createApp } from "vue";
import App from "./App.vue";

createApp(App).mount("#app");
"""
PAGE = '<!doctype html><title>App</title><link rel="icon" href="data:,"><div id="app"></div>'
PAGE += '<script type="module" src="/src/main.ts"></script>'
OPTIONS = {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "lib": ["ES2022", "DOM", "DOM.Iterable"],
    "types": ["vite/client"],
    "strict": True,
    "noEmit": True,
}


def pack() -> dict[str, Path]:
    """Build and pack the packages. Gives the tarball of each."""
    run(WEB, "npm", "run", "dist")
    return {name: DIST / f"footfall-{name}-{version(name)}.tgz" for name in PACKAGES}


def version(name: str) -> str:
    text: str = json.loads((WEB / name / "package.json").read_text())["version"]
    return text


def make(folder: Path, tarballs: Mapping[str, Path]) -> None:
    """Write the app, install it, and build it."""
    pinned = json.loads((WEB / "package.json").read_text())["devDependencies"]
    vue = json.loads((WEB / "vue" / "package.json").read_text())["devDependencies"]["vue"]
    ours = {f"@footfall/{name}": tarball.as_uri() for name, tarball in tarballs.items()}
    package = {
        "private": True,
        "type": "module",
        "dependencies": {"vue": vue, **ours},
        "devDependencies": {name: pinned[name] for name in TOOLS},
    }
    (folder / "src").mkdir(parents=True)
    for name, text in {
        "package.json": json.dumps(package),
        "tsconfig.json": json.dumps({"compilerOptions": OPTIONS, "include": ["src"]}),
        "vite.config.js": VITE,
        "index.html": PAGE,
        "src/main.ts": MAIN,
        "src/App.vue": APP.read_text(),
    }.items():
        (folder / name).write_text(text)
    run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--silent")
    run(folder, tool(folder, "vite"), "build", "--logLevel", "error")


def type_errors(folder: Path) -> list[str]:
    """As ``vue-tsc`` reports them, with ``strict``."""
    ended = subprocess.run(
        [tool(folder, "vue-tsc"), "-p", "."],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0 or lines, ended.stderr
    return [line for line in lines if "error TS" in line]


def tool(folder: Path, name: str) -> str:
    return str(folder / "node_modules" / ".bin" / name)


def run(folder: Path, *command: str, env: Mapping[str, str] | None = None) -> str:
    """The command's stdout. Its stderr is in the error when it fails."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of each built script and style sheet, compressed as a server would."""
    files = (folder / "dist" / "assets").iterdir()
    return {
        each.name: len(gzip.compress(each.read_bytes(), 9))
        for each in files
        if each.suffix in (".js", ".css")
    }


@contextlib.contextmanager
def preview(folder: Path, footfall: str) -> Iterator[str]:
    """Serve the built app, with ``/api/analytics`` passed on to ``footfall``. Gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [tool(folder, "vite"), "preview", "--host", "127.0.0.1", "--port", port]
    with subprocess.Popen(
        [*command, "--strictPort"],
        cwd=folder,
        env={**os.environ, "FOOTFALL": footfall, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert any(f":{port}" in line for line in process.stdout), "it did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()

"""What is in ``deploy`` for containers, as far as it can be judged without an engine. ``make
container`` runs the Dockerfile's steps, and the server in what they make."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from footfall.http.routes import OPERATIONS
from footfall.settings import SETTINGS
from tools.container import DOCKERFILE, copy_context, instructions

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "deploy" / "docker"
CADDY = ROOT / "build" / "proxies" / "usr" / "bin" / "caddy"
MANIFEST = ROOT / "deploy" / "kubernetes" / "footfall.yaml"
VARIABLES = {setting.variable for setting in SETTINGS}
PATHS = {operation.path for operation in OPERATIONS}
HADOLINT = Path(sys.executable).with_name("hadolint")


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(MANIFEST.read_text()))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return found


@pytest.mark.skipif(not HADOLINT.exists(), reason="its binary is for another platform")
def test_the_dockerfile_is_clean() -> None:
    found = subprocess.run(
        [str(HADOLINT), str(DOCKERFILE)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_the_context_has_what_the_build_reads_and_nothing_else(tmp_path: Path) -> None:
    copy_context(".", tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {
        *("LICENSE", "README.md", "hatch_build.py", "pyproject.toml"),
        *("requirements", "src", "web"),
    }
    assert not list(tmp_path.rglob("node_modules"))
    assert not (tmp_path / "src/footfall/http/static").exists()
    assert (tmp_path / "web/package-lock.json").exists()


def test_the_image_ends_as_a_user_with_a_healthcheck() -> None:
    last = list(instructions(DOCKERFILE))
    last = last[max(number for number, each in enumerate(last) if each[0] == "FROM") :]
    words = dict(last)
    assert words["USER"].isdigit()
    assert words["USER"] != "0"
    assert "/healthz" in words["HEALTHCHECK"]
    names = {pair.partition("=")[0] for pair in words["ENV"].split()}
    assert {name for name in names if name.startswith("FOOTFALL_")} <= VARIABLES


def test_compose_sets_settings_and_leaves_the_root_alone(compose: dict[str, Any]) -> None:
    service = compose["services"]["footfall"]
    assert service["environment"].keys() <= VARIABLES
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert {each.partition(":")[0] for each in service["volumes"]} <= compose["volumes"].keys()
    context = (DOCKER / service["build"]["context"]).resolve()
    assert context / service["build"]["dockerfile"] == DOCKERFILE


def test_caddy_understands_its_file(tmp_path: Path) -> None:
    shutil.copy(DOCKER / "Caddyfile", tmp_path)
    environ = {**os.environ, "DOMAIN": "stats.example.com", "HOME": str(tmp_path)}
    command = [str(CADDY), "adapt", "--config", "Caddyfile", "--adapter", "caddyfile"]
    found = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert found.returncode == 0, found.stderr
    assert "stats.example.com" in found.stdout
    assert "footfall:8000" in found.stdout


def test_kubernetes_understands_the_manifest(manifests: list[dict[str, Any]]) -> None:
    newest = kubernetes_validate.latest_version()
    for each in manifests:
        kubernetes_validate.validate(each, newest, strict=True)


def test_the_manifest_is_one_process_that_is_asked_what_exists(
    manifests: list[dict[str, Any]],
) -> None:
    [deployment] = [each for each in manifests if each["kind"] == "Deployment"]
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]["type"]) == (
        1,
        "Recreate",
    )
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert {each["name"] for each in container["env"]} <= VARIABLES
    assert set(probed(container)) <= PATHS


def probed(container: dict[str, Any]) -> Iterator[str]:
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield container[name]["httpGet"]["path"]

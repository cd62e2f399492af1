"""The wheel as a stranger uses it: built, installed in an empty folder without Node, run there."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path
from zipfile import Path as ZipPath

import httpx
import pytest
from websockets.sync.client import connect

from tests.outside.wheel import ROOT, Installed, build, build_pure, wait_for_visitors

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    return Installed(tmp_path_factory.mktemp("stranger"), wheel)


@pytest.fixture(scope="module")
def server(installed: Installed) -> Iterator[str]:
    """The address of ``footfall serve`` with the public site ``my-site``, seen by one visitor."""
    installed.footfall("site", "add", "my-site", "--public")
    with installed.server("serve") as address:
        event = {"s": "my-site", "e": "pageview", "u": "https://shop.example/pricing"}
        answer = httpx.post(f"{address}/collect", json=event, headers={"user-agent": BROWSER})
        assert (answer.status_code, answer.headers.get("footfall-dropped")) == (204, None)
        yield address


def test_all_packages_have_one_version() -> None:
    packages = (ROOT / "web").glob("*/package.json")
    versions = {json.loads(each.read_text())["version"] for each in packages}
    sdk = tomllib.loads((ROOT / "sdk" / "pyproject.toml").read_text())["project"]["version"]
    assert versions | {sdk} == {VERSION}


def test_its_page_has_no_dead_links_and_says_how_to_install_it(wheel: Path) -> None:
    [folder] = [each for each in ZipPath(wheel).iterdir() if each.name.endswith(".dist-info")]
    about = PathDistribution(folder).metadata
    assert about.get_all("Provides-Extra") == ["dynamodb", "lambda"]
    page = about["Description"]
    assert "pip install footfall" in page
    assert re.findall(r"\]\((?!https?://)|<img|make run|\.venv", page) == []


def test_it_says_its_version_and_that_it_is_compiled(installed: Installed, wheel: Path) -> None:
    assert installed.footfall("--version") == f"footfall {VERSION} (compiled)\n"
    assert not wheel.name.endswith("-none-any.whl")


def test_without_a_compiler_it_is_pure_and_says_so(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pure = build_pure(tmp_path_factory.mktemp("pure"), wheel.parent)
    assert pure.name == f"footfall-{VERSION}-py3-none-any.whl"
    installed = Installed(tmp_path_factory.mktemp("pure-stranger"), pure)
    assert installed.footfall("--version") == f"footfall {VERSION} (pure Python)\n"
    with installed.server("demo") as address:
        wait_for_visitors(address)


def test_the_server_hands_out_all_that_browsers_need(server: str) -> None:
    for path in ("/", "/sites/my-site", "/footfall.js", "/footfall-elements.js", "/api/docs"):
        answer = httpx.get(server + path)
        assert (answer.status_code, len(answer.content) > 500) == (200, True), path
    page = httpx.get(f"{server}/sites/my-site").text
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
        assert httpx.get(server + asset).status_code == 200, asset


@pytest.mark.parametrize("prefix", ["", "/api", "/api/analytics"])
def test_the_endpoint_of_the_reference_answers(server: str, prefix: str) -> None:
    document = httpx.get(f"{server}{prefix}/sites/my-site/realtime?minutes=5").json()
    assert (document["currentVisitors"], document["pageViews"]) == (1, 1)
    assert document["activePages"] == [{"path": "/pricing", "visitors": 1}]
    assert document["recentEvents"][0]["type"] == "pageview"


def test_a_socket_pushes_documents_to_whoever_keeps_none(server: str) -> None:
    url = server.replace("http", "ws")
    with connect(f"{url}/sites/my-site/ws?full=1") as socket:
        assert json.loads(socket.recv())["currentVisitors"] == 1
    with connect(f"{url}/ws?full=1") as socket:
        [row] = json.loads(socket.recv())["sites"]
        assert row["currentVisitors"] == 1


def test_the_python_client_reads_it(installed: Installed, server: str) -> None:
    printed = installed.python(
        "import json\n"
        "from footfall.client import create_realtime_poller, fetch_dashboard_data\n"
        f"config = {{'base_url': '{server}/api/analytics', 'site_id': 'my-site'}}\n"
        "data = fetch_dashboard_data(config, {'realtime': True})\n"
        "print(data.realtime.current_visitors)\n"
        "print(json.loads(json.dumps(data.realtime.to_dict()))['currentVisitors'])\n"
        "with create_realtime_poller(config, interval_seconds=5) as poller:\n"
        "    while poller.data is None: pass\n"
        "print(poller.data.current_visitors, poller.is_loading, poller.error)\n"
    )
    assert printed == "1\n1\n1 False None\n"


def test_the_command_layer_needs_no_extra(installed: Installed) -> None:
    printed = installed.python(
        "from footfall.dynamodb import AnalyticsStore, process_realtime_data\n"
        "import time\n"
        "now = int(time.time())\n"
        "store = AnalyticsStore('analytics')\n"
        "command = store.update_realtime_stats_command(\n"
        "    site_id='my-site', minute=time.strftime('%Y-%m-%dT%H:%M', time.gmtime(now)),\n"
        "    page_views=156, active_pages={'/': 15}, visitors={'ann': (now, '/', 'DE')},\n"
        "    ttl=now + 600)\n"
        "print(store.get_realtime_stats_command('my-site', 5)['command'])\n"
        "result = {'Items': [command['input']['Item']]}\n"
        "document = process_realtime_data(result['Items'])\n"
        "print(document['currentVisitors'], document['pageViews'])\n"
    )
    assert printed == "query\n1 156\n"


def test_the_demo_has_visitors(installed: Installed) -> None:
    with installed.server("demo") as address:
        wait_for_visitors(address)
        assert httpx.get(f"{address}/sites/demo").status_code == 200

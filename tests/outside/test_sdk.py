"""The SDK as a stranger's application has it: its wheel in an empty environment, nothing beside."""

from pathlib import Path

import pytest

from tests.e2e.processes import ADMIN_TOKEN, Api, serving
from tests.outside.wheel import ROOT, UV, Installed, run


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    dist = tmp_path_factory.mktemp("dist")
    run(ROOT, UV, "build", "--no-build-isolation", "--out-dir", str(dist), str(ROOT / "sdk"))
    [wheel] = dist.glob("*.whl")
    return Installed(tmp_path_factory.mktemp("stranger"), wheel)


def test_it_brings_nothing_along(installed: Installed) -> None:
    listed = run(installed.folder, UV, "pip", "list", "--format", "freeze")
    assert [line.partition("==")[0] for line in listed.split()] == ["footfall-sdk"]


def test_it_feeds_a_server(installed: Installed, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        api = Api(server, ADMIN_TOKEN)
        api.post("/sites", {"id": "shop", "name": "Shop"})
        token = api.post("/tokens", {"scope": "write", "siteId": "shop"})["secret"]
        printed = installed.python(
            "from footfall_sdk import Footfall, Visit\n"
            "from footfall_sdk.wsgi import FootfallMiddleware\n"
            "from wsgiref.util import setup_testing_defaults\n"
            f"footfall = Footfall('{server.url}', site='shop', token='{token}')\n"
            "def app(environ, start_response):\n"
            "    footfall.track('signup', plan='pro')\n"
            "    start_response('200 OK', [('Content-Type', 'text/html')])\n"
            "    return [b'']\n"
            "environ = {'REMOTE_ADDR': '203.0.113.7', 'HTTP_USER_AGENT': 'Firefox/140.0'}\n"
            "setup_testing_defaults(environ)\n"
            "FootfallMiddleware(app, footfall)(environ, lambda *_: None)\n"
            "print(footfall.flush(20), footfall.counters.delivered)\n"
        )
        assert printed == "True 2\n"
        found = api.get("/sites/shop/realtime")
        assert (found["currentVisitors"], found["pageViews"]) == (1, 1)

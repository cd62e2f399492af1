from collections.abc import Iterator

import pytest

from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall, serving
from tests.sdk.gate import Gate, gate
from tests.sdk.shops import new_site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    with serving(tmp_path_factory.mktemp("store"), "--no-history") as server:
        yield server


@pytest.fixture
def api(server: Footfall) -> Api:
    return Api(server, ADMIN_TOKEN)


@pytest.fixture
def token(api: Api) -> Iterator[str]:
    """A write token of ``shop``, a site that begins empty."""
    yield new_site(api)
    api.delete("/sites/shop")


@pytest.fixture
def upstream(server: Footfall) -> Iterator[Gate]:
    with gate(server.url) as found:
        yield found

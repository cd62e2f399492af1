from collections.abc import Iterator

import pytest

from tests.e2e.processes import Api, Footfall
from tests.sdk.gate import Gate, gate
from tests.sdk.shops import new_site

ADMIN_TOKEN = "the-admin-token-of-these-tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'footfall.db'}"
    environ = {"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN}
    server = Footfall("serve", "--no-history", "--store", store, environ=environ)
    server.start()
    try:
        yield server
    finally:
        server.stop()


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

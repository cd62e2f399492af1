"""Store URLs, and the errors for invalid ones."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.engines.open import open_catalog, open_store
from footfall.errors import InvalidInput
from tests.events import event, stored

ADD_SITE = """
import asyncio, sys
from footfall.engines.open import open_catalog
from footfall.model import Site

async def main():
    catalog = open_catalog(sys.argv[1])
    await catalog.put_site(Site(id="a", name="A"))
    await catalog.close()

asyncio.run(main())
"""


async def test_memory_is_not_durable() -> None:
    store = open_store("memory://")
    await store.event_log.append([event(1)])
    assert await stored(store.event_log) == [event(1)]
    assert not store.durable
    await store.close()


async def test_four_slashes_are_an_absolute_path(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.db")
    assert store.durable
    await store.close()
    assert (tmp_path / "a.db").exists()


async def test_three_slashes_are_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await open_store("sqlite:///b.db").close()
    assert (tmp_path / "b.db").exists()


@pytest.mark.parametrize("url", ["", "footfall.db", "sqlite://a.db", "sqlite:///", "redis://x"])
def test_an_invalid_url_is_refused_with_valid_ones(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"sqlite:///relative\.db") as caught:
        open_store(url)
    assert caught.value.field == "store"


async def test_opening_a_dynamodb_store_sends_no_request() -> None:
    store = open_store("dynamodb://footfall?region=eu-central-1&endpoint=http://127.0.0.1:1")
    assert store.durable
    assert store.appends_at_once > 1
    await store.close()


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("dynamodb://", "a table's name"),
        ("dynamodb://my table", "a table's name"),
        ("dynamodb://footfall/more", "dynamodb://footfall"),
        ("dynamodb://footfall?shards=0", "from 1 to 64"),
        ("dynamodb://footfall?poll_ms=soon", "from 10 to 5000"),
        ("dynamodb://footfall?zone=x", "zone"),
    ],
)
def test_an_invalid_table_url_is_refused_with_the_reason(url: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault) as caught:
        open_store(url)
    assert caught.value.field == "store"


def test_without_its_client_the_dynamodb_store_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'aiobotocore'", name="aiobotocore")

    monkeypatch.setattr("footfall.engines.open.import_module", missing)
    with pytest.raises(InvalidInput, match=r"footfall\[dynamodb\]"):
        open_store("dynamodb://footfall")


def test_a_memory_store_has_no_catalog_for_other_processes() -> None:
    with pytest.raises(InvalidInput, match="HTTP API"):
        open_catalog("memory://")


async def test_another_process_can_open_the_catalog_of_a_running_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    store = open_store(url)
    before = await store.catalog.version()
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", ADD_SITE, url], check=True)
    assert await store.catalog.version() > before
    assert [site.id for site in (await store.catalog.load()).sites] == ["a"]
    await store.close()

from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette

from footfall.demo.site import SITE_ID
from footfall.demo.sitemap import PAGES, path_of, title_of
from footfall.http.resources import demo

SCRIPTED = [page for page in PAGES if PAGES[page].spa]
"""A script makes their links, so browser tests check them."""


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [value for _, attrs in self.all if (value := attrs.get(name)) is not None]


async def get(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=demo.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        return await client.get(path, follow_redirects=True)


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_has_the_tracker_and_a_link_to_the_dashboard(page: str) -> None:
    response = await get(path_of(page))
    tags = Tags(response.text)

    assert response.status_code == 200
    assert f"<title>{title_of(page)}</title>" in response.text.replace("&amp;", "&")
    assert ("script", {"defer": None, "data-site": SITE_ID, "src": "/footfall.js"}) in tags.all
    assert f"/sites/{SITE_ID}" in tags.values("href")


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_loads_nothing_external_and_has_nothing_inline(page: str) -> None:
    response = await get(path_of(page))
    tags = Tags(response.text)
    needed = tags.values("src") + [attrs["href"] or "" for tag, attrs in tags.all if tag == "link"]

    assert all(url.startswith("/") for url in needed)
    for url in needed:
        assert url == "/footfall.js" or (await get(url)).status_code == 200
    assert not tags.values("style")
    assert not [name for _, attrs in tags.all for name in attrs if name.startswith("on")]
    assert "'unsafe-inline'" not in response.headers["content-security-policy"]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in SCRIPTED])
async def test_the_links_that_visitors_follow_exist(page: str) -> None:
    tags = Tags((await get(path_of(page))).text)
    links = {*tags.values("href"), *tags.values("action")}

    assert {path_of(target) for target in PAGES[page].onward} <= links


@pytest.mark.parametrize("page", [page for page in PAGES if page not in SCRIPTED])
async def test_the_actions_that_visitors_take_exist(page: str) -> None:
    tags = Tags((await get(path_of(page))).text)
    offered = {*tags.values("data-footfall-event"), *tags.values("href")}

    assert {action.name or action.url for action in PAGES[page].actions} <= offered


async def test_pages_may_use_the_back_forward_cache() -> None:
    assert "no-store" not in (await get("/demo/")).headers["cache-control"]


async def test_the_short_address_redirects_to_the_shop() -> None:
    assert (await get("/demo")).url.path == "/demo/"

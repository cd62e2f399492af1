import re
from xml.etree import ElementTree

import httpx
import pytest

from footfall.http.resources.badge import MAX_NAME, image
from tests.serving import PRIVATE, PUBLIC, Clock, bearer

BADGE = f"/badge/{PUBLIC}.svg"
SITE = f"/api/analytics/sites/{PUBLIC}"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def words(svg: str) -> list[str]:
    """The texts of the image, as an XML parser reads them."""
    root = ElementTree.fromstring(svg)
    return [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]


async def visit(client: httpx.AsyncClient, user_agent: str) -> None:
    page = {"s": PUBLIC, "e": "pageview", "u": "https://shop.example/"}
    answer = await client.post("/collect", json=page, headers={"user-agent": user_agent})
    assert answer.status_code == 204


async def test_it_shows_the_current_visitors_of_the_document(client: httpx.AsyncClient) -> None:
    for count, user_agent in enumerate((DESKTOP, PHONE), 1):
        await visit(client, user_agent)
        document = (await client.get(f"{SITE}/realtime")).json()
        number = int(re.findall(r"\d+", words((await client.get(BADGE)).text)[1])[0])
        assert number == document["currentVisitors"] == count


async def test_it_accepts_filters_and_a_window_length(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await visit(client, DESKTOP)
    await visit(client, PHONE)
    phones = await client.get(BADGE, params={"device": "mobile"})
    assert words(phones.text)[1] == "1 visitor"
    clock.now += 120_000
    assert words((await client.get(BADGE)).text)[1] == "2 visitors"
    assert words((await client.get(BADGE, params={"minutes": 1})).text)[1] == "0 visitors"


async def test_any_page_may_embed_it_and_it_is_cached_briefly(client: httpx.AsyncClient) -> None:
    answer = await client.get(BADGE)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=10"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_private_site_has_no_badge(
    client: httpx.AsyncClient, secrets: dict[str, str]
) -> None:
    for headers in ({}, bearer(secrets["read one"])):
        answer = await client.get(f"/badge/{PRIVATE}.svg", headers=headers)
        assert answer.status_code == 403
        assert "public" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "status"), [("/badge/nowhere.svg", 404), (f"{BADGE}?minutes=99", 400)]
)
async def test_errors_have_the_usual_form(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_name_is_shown_as_text_and_cut() -> None:
    name = '</title><script>alert("&")</script>'
    svg = image(name, 1_234)
    assert words(svg) == [name, "1,234 visitors"]
    assert not list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}script"))
    assert len(words(image("x" * 100, 1))[0]) == MAX_NAME

"""Bodies as the scripts of Plausible and Umami post them, and the answers that they expect."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from footfall.model import Site
from tests.serving import ADMIN, bearer, new_app, running

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
UUID = "9c5b6f9e-1d0a-4b7e-8a63-1f2d3c4b5a69"
SHOP = Site(id="shop", name="Shop", domains=("shop.example",), aliases=(UUID,))
OTHER = Site(id="blog", name="Blog", domains=("www.blog.example",))
PAGE = "https://shop.example/tea?utm_source=letter"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with running(new_app(admin_token=ADMIN)) as app:
        for site in (SHOP, OTHER):
            await app.services.catalog.put_site(site)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8000", headers={"user-agent": BROWSER}
        ) as opened:
            yield opened


async def feed(client: httpx.AsyncClient, site: str = "shop") -> list[dict[str, Any]]:
    answer = await client.get(f"/api/analytics/sites/{site}/realtime", headers=bearer(ADMIN))
    rows: list[dict[str, Any]] = answer.json()["recentEvents"]
    return [{key: row[key] for key in row if key not in ("id", "timestamp")} for row in rows]


async def plausible(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post(
        "/api/event", content=json.dumps(body), headers={"content-type": "text/plain"}
    )


async def umami(client: httpx.AsyncClient, kind: str = "event", **payload: Any) -> httpx.Response:
    given = {"website": UUID, "hostname": "shop.example", "language": "de", **payload}
    return await client.post("/api/send", json={"type": kind, "payload": given})


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ({"n": "pageview", "v": 36, "u": PAGE, "r": None}, {"type": "pageview"}),
        ({"name": "pageview", "url": PAGE}, {"type": "pageview"}),
        (
            {"n": "Signup", "u": PAGE, "p": {"plan": "pro"}, "i": False, "$": {"amount": 3}},
            {"type": "event", "name": "Signup"},
        ),
        (
            {"n": "Signup", "u": PAGE, "p": '{"plan":"pro"}', "w": 1440, "h": 0},
            {"type": "event", "name": "Signup"},
        ),
        (
            {"n": "Outbound Link: Click", "u": PAGE, "p": {"url": "https://other.example/a"}},
            {"type": "outbound", "url": "https://other.example/a"},
        ),
        (
            {"n": "pageview", "u": "https://shop.example/#/tea", "h": 1},
            {"type": "pageview"},
        ),
    ],
)
@pytest.mark.parametrize("domain", ["shop.example", "www.shop.example", "shop"])
async def test_plausible_s_events_count(
    client: httpx.AsyncClient, body: dict[str, Any], row: dict[str, Any], domain: str
) -> None:
    key = "domain" if "name" in body else "d"
    answer = await plausible(client, **{**body, key: domain})
    assert (answer.status_code, answer.text) == (202, "ok")
    assert answer.headers["access-control-allow-origin"] == "*"
    [found] = await feed(client)
    assert {**row, "path": "/tea"}.items() <= found.items()


async def test_an_event_for_several_sites_and_a_sign_of_life(client: httpx.AsyncClient) -> None:
    await plausible(client, n="pageview", u="https://blog.example/", d="blog.example")
    both = await plausible(client, n="pageview", u=PAGE, d="shop.example,blog.example")
    assert both.headers["footfall-dropped"] == "foreign_host=1"
    assert (len(await feed(client)), len(await feed(client, "blog"))) == (1, 1)
    assert (await plausible(client, n="engagement", u=PAGE, d="shop", e=4000, sd=50)).text == "ok"
    assert len(await feed(client)) == 1


async def test_umami_s_events_count(client: httpx.AsyncClient) -> None:
    view = {"url": "/tea?utm_source=letter", "screen": "1920x1080", "title": "Tea", "referrer": ""}
    answer = await umami(client, **view)
    assert (answer.status_code, answer.json()) == (200, {})
    data = {"plan": "pro", "cart": {"items": 2}, "tags": ["a"]}
    await umami(client, url=PAGE, name="signup", data=data, referrer="/tea")
    signup, page = sorted(await feed(client), key=lambda row: str(row["type"]))
    assert {"type": "pageview", "path": "/tea", "title": "Tea"}.items() <= page.items()
    assert {"type": "event", "name": "signup", "path": "/tea"}.items() <= signup.items()
    dropped = await umami(client, "identify", data={"id": "x"})
    assert dropped.headers["footfall-dropped"] == "unsupported=1"


async def test_what_umami_s_data_may_cost_is_limited(client: httpx.AsyncClient) -> None:
    nested: dict[str, Any] = {"deep": 1}
    for _ in range(300):
        nested = {"x": nested}
    many = {f"key-{number:04}": "v" * 10 for number in range(1000)}
    for data in ({"k" * 5000: "v"}, many, nested):
        assert (await umami(client, url="/", name="big", data=data)).status_code == 200
    assert len(await feed(client)) == 3
    assert (await umami(client, url="/", hostname="h" * 300)).status_code == 400


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"name": "n", "data": {"v": 1 << 64}}, "p is not valid"),
        ({"name": "n", "data": {"": 1}}, "p is not valid"),
        ({"name": "n" * 200}, "needs a name"),
        ({"url": "/" + "x" * 8_190}, "u is not valid"),
        ({"url": "/", "referrer": "/" + "x" * 8_190}, "r is not valid"),
        ({"url": "/", "title": "\0"}, "NUL"),
    ],
)
async def test_umami_s_events_are_validated_as_those_of_collect(
    client: httpx.AsyncClient, payload: dict[str, Any], why: str
) -> None:
    answer = await umami(client, **payload)
    assert (answer.status_code, why in answer.text) == (400, True), answer.text
    assert await feed(client) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"screen": "9" * 4_300 + "x1"},
        {"screen": "1x" + "9" * 30},
        {"screen": "²x³"},
        {"title": "x" * 60_000},
        {"name": "deep", "data": {"a" * 200: {"b": {"c": 1}}}},
    ],
)
async def test_what_umami_s_script_can_t_help_is_cut_or_left_out(
    client: httpx.AsyncClient, payload: dict[str, Any]
) -> None:
    answer = await umami(client, url="/", **payload)
    assert answer.status_code == 200, answer.text
    assert len(await feed(client)) == 1


async def test_umami_s_data_may_be_nested_as_deeply_as_json_can_be(
    client: httpx.AsyncClient,
) -> None:
    for depth, status in ((900, 200), (5_000, 400)):
        data = '{"x":' * depth + "1" + ',"y":{}}' * depth
        text = f'{{"type":"event","payload":{{"website":"{UUID}","name":"n","data":{data}}}}}'
        assert (await client.post("/api/send", content=text)).status_code == status


async def test_scripts_may_ask_first(client: httpx.AsyncClient) -> None:
    for path in ("/api/event", "/api/send"):
        answer = await client.options(path)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-headers"] == "*"
        assert (await client.get(path)).status_code == 405


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 400, "not JSON"),
        (b"[]", 400, "not valid"),
        (b"{}", 400, "no name"),
        (b'{"n":"pageview","u":"nowhere","d":"shop"}', 400, "u is not valid"),
        (b'{"n":"pageview","u":"https://shop.example/"}', 400, "no domain"),
        (b'{"n":"pageview","u":"https://shop.example/","d":"none.example"}', 404, "none.example"),
        (b'{"n":"x","u":"https://shop.example/","d":"shop","p":"{"}', 400, "not JSON"),
        (b'{"n":"x","u":"https://shop.example/","d":"shop","p":{"a":{}}}', 400, "p is not valid"),
        (b'{"n":"x","u":"https://shop.example/","d":"' + b"a," * 50 + b'"}', 400, "more than"),
        (b'{"n":"pageview","u":"https://shop.example/\\u0000","d":"shop"}', 400, "NUL"),
        (
            b'{"n":"x","u":"https://shop.example/","d":"shop","p":{"v":18446744073709551616}}',
            400,
            "p is not valid",
        ),
        (
            b'{"n":"x","u":"https://shop.example/","d":"shop","p":"{\\"v\\":9223372036854775808}"}',
            400,
            "not valid",
        ),
        (b'{"n":"' + b"x" * 70_000 + b'"}', 413, "larger"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, body: bytes, status: int, why: str
) -> None:
    answer = await client.post("/api/event", content=body)
    assert answer.status_code == status, answer.text
    assert why in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert await feed(client) == []


async def test_bots_are_dropped_as_everywhere(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/event",
        content=json.dumps({"n": "pageview", "u": PAGE, "d": "shop"}),
        headers={"user-agent": "Googlebot/2.1"},
    )
    assert (answer.status_code, answer.headers["footfall-dropped"]) == (202, "bot=1")


async def test_an_alias_is_the_site_s_until_it_is_gone(client: httpx.AsyncClient) -> None:
    path = "/api/analytics/sites/shop"
    changed = await client.patch(path, json={"aliases": ["NEW"]}, headers=bearer(ADMIN))
    assert changed.json()["aliases"] == ["new"]
    assert (await umami(client, url="/")).status_code == 404
    assert (await umami(client, url="/", website="New")).status_code == 200
    await client.patch(path, json={"aliases": ["www.old.example"]}, headers=bearer(ADMIN))
    assert (await umami(client, url="/", website="www.old.example")).status_code == 200


async def test_strangers_are_limited_as_at_collect() -> None:
    async with running(new_app(rate_limit=1)) as app:
        await app.services.catalog.put_site(SHOP)
        stranger = httpx.ASGITransport(app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=stranger, base_url="http://localhost") as client:
            answers = [await plausible(client, n="pageview", u=PAGE, d="shop") for _ in range(3)]
    assert [each.status_code for each in answers] == [202, 202, 429]

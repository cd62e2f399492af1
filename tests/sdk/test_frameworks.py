"""Each framework's application, over HTTP, feeding a real server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.processes import Api
from tests.sdk.gate import Gate, Mood
from tests.sdk.shops import Shop, shop

FRAMEWORKS = ("starlette", "fastapi", "flask", "django wsgi", "django asgi")
REQUESTS = 1_000


@pytest.fixture(params=FRAMEWORKS)
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def running(framework: str, upstream: Gate, token: str) -> Iterator[Shop]:
    with shop(framework, upstream.url, token) as found:
        yield found


def realtime(api: Api, **options: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in {"minutes": "30", **options}.items())
    found: dict[str, Any] = api.get(f"/sites/shop/realtime?{query}")
    return found


def test_pages_are_counted_and_what_is_none_is_not(running: Shop, api: Api) -> None:
    referrer = {"referer": "https://www.google.com/"}
    assert running.view("/?utm_campaign=spring", ip="203.0.113.1", **referrer) == 200
    assert running.view("/pricing", ip="203.0.113.2") == 200
    assert running.view("/data") == 200
    assert running.view("/gone") == 404
    assert running.view("/", **{"sec-purpose": "prefetch"}) == 200
    assert running.view("/", **{"sec-fetch-dest": "empty"}) == 200
    assert running.view("/", **{"sec-gpc": "1"}) == 200
    assert running.wait_until_sent()["delivered"] == 2
    found = realtime(api)
    assert (found["pageViews"], found["currentVisitors"]) == (2, 2)
    assert [row["path"] for row in found["activePages"]] == ["/", "/pricing"]
    assert {"source": "Google", "visitors": 1} in found["sources"]
    assert {"campaign": "spring", "visitors": 1} in found["campaigns"]
    assert found["browsers"] == [{"browser": "Firefox", "visitors": 2}]


def test_an_event_is_of_the_visitor_who_asked(running: Shop, api: Api) -> None:
    running.view("/pricing", ip="203.0.113.1")
    running.client.post("/signup", headers={"x-forwarded-for": "203.0.113.1"})
    running.wait_until_sent()
    found = realtime(api)
    assert found["currentVisitors"] == 1
    assert found["events"] == [{"name": "signup", "count": 1}]
    assert found["recentEvents"][0]["path"] == "/signup"


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.SLOW, Mood.BUSY])
def test_a_server_in_trouble_is_not_noticed_and_gets_everything_later(
    running: Shop, upstream: Gate, api: Api, mood: Mood
) -> None:
    upstream.become(mood)
    statuses = {running.view(ip=f"203.0.{n // 250}.{n % 250}") for n in range(REQUESTS)}
    assert statuses == {200}
    upstream.asked.acquire()
    assert running.counters()["waiting"] == REQUESTS
    upstream.become(Mood.UP)
    counters = running.wait_until_sent()
    assert counters["delivered"] == REQUESTS
    found = realtime(api)
    assert (found["pageViews"], found["currentVisitors"]) == (REQUESTS, REQUESTS)


def test_what_does_not_fit_is_counted(framework: str, upstream: Gate, token: str, api: Api) -> None:
    upstream.become(Mood.BUSY)
    with shop(framework, upstream.url, token, queue_size=300) as small:
        for _ in range(REQUESTS):
            small.view()
        upstream.become(Mood.UP)
        counters = small.wait_until_sent()
    assert (counters["delivered"], counters["overflowed"]) == (300, 700)
    assert realtime(api)["pageViews"] == 300


def test_what_waits_when_the_application_ends_is_sent(
    framework: str, upstream: Gate, token: str, api: Api
) -> None:
    with shop(framework, upstream.url, token) as ending:
        ending.view()
    assert realtime(api)["pageViews"] == 1


def test_django_has_the_snippet_in_its_templates(upstream: Gate, token: str) -> None:
    with shop("django wsgi", upstream.url, token) as django:
        html = django.client.get("/snippet").text
    assert html == (
        f'<script defer data-site="shop" src="{upstream.url}/footfall.js" nonce="abc"></script>'
    )

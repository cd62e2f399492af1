"""Lines as these servers write them."""

import pytest

from footfall.errors import InvalidInput
from footfall.logfiles.formats import COMBINED, Parser, parser
from footfall.logfiles.line import LogLine, time_ms
from footfall.logfiles.page_views import PageViews, SeenView

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NOON = 1_767_960_000_000  # 2026-01-09T12:00:00Z
LINES = {
    "combined": f'203.0.113.7 - ann [09/Jan/2026:13:00:00 +0100] "GET /docs?a=1 HTTP/1.1" 200 '
    f'2326 "https://www.google.com/" "{AGENT}"',
    "common": '203.0.113.7 - - [09/Jan/2026:12:00:00 +0000] "GET /docs?a=1 HTTP/2.0" 200 -',
    "caddy": '{"level":"info","ts":1767960000.0,"logger":"http.log.access","msg":"handled request",'
    '"request":{"remote_ip":"10.0.0.1","client_ip":"203.0.113.7","proto":"HTTP/2.0",'
    '"method":"GET","host":"shop.example","uri":"/docs?a=1","headers":{"User-Agent":["'
    f'{AGENT}"],"Referer":["https://www.google.com/"]}}}},"duration":0.001,"status":200}}',
    "nginx-json": '{"time_iso8601":"2026-01-09T13:00:00+01:00","remote_addr":"203.0.113.7",'
    '"request":"GET /docs?a=1 HTTP/1.1","status":"200","host":"shop.example",'
    f'"http_referer":"https://www.google.com/","http_user_agent":"{AGENT}"}}',
    "cloudfront": "2026-01-09\t12:00:00\tFRA6\t2390\t203.0.113.7\tGET\td111.cloudfront.net\t/docs\t"
    f"200\thttps://www.google.com/\t{AGENT.replace(' ', '%2520')}\ta=1",
    "alb": "https 2026-01-09T12:00:00.000000Z app/lb/50dc 203.0.113.7:2817 10.0.0.1:80 0.0 0.0 0.0 "
    f'200 200 34 366 "GET https://shop.example:443/docs?a=1 HTTP/1.1" "{AGENT}" ECDHE TLSv1.2 arn',
    '$host $msec $remote_addr "$request_method $request_uri" $status [$http_user_agent]': (
        f'shop.example 1767960000.000 203.0.113.7 "GET /docs?a=1" 200 [{AGENT}]'
    ),
}


def seen(parse: Parser, *lines: str) -> tuple[list[SeenView], PageViews]:
    views = PageViews(parse, "shop", "shop.example")
    return list(views.of([line.encode() for line in lines], 0, "log")), views


@pytest.mark.parametrize("how", LINES)
def test_a_line_is_a_page_view(how: str) -> None:
    [view], views = seen(parser(how), LINES[how])
    assert (view.ts, views.lines) == (NOON, 1)
    text = view.event.decode()
    assert '"e":"pageview","s":"shop"' in text
    assert '"ip":"203.0.113.7"' in text
    assert '/docs?a=1"' in text
    assert '"u":"https://shop.example' in text
    if how not in ("common",):
        assert f'"ua":"{AGENT}"' in text
    if how in ("combined", "caddy", "nginx-json", "cloudfront"):
        assert '"r":"https://www.google.com/"' in text


def test_columns_of_cloudfront_are_as_the_file_says() -> None:
    header = "#Fields: time date c-ip cs-uri-stem cs-method sc-status x-host-header cs(User-Agent)"
    line = "12:00:00\t2026-01-09\t203.0.113.7\t/docs\tGET\t200\twww.shop.example\tFirefox"
    views = PageViews(parser("cloudfront"), "shop", "shop.example")
    [view] = views.of([b"#Version: 1.0", header.encode(), line.encode()], 0, "log")
    assert view.ts == NOON
    assert b"https://www.shop.example/docs" in view.event
    assert views.lines == 1


@pytest.mark.parametrize(
    ("request_line", "status", "reason"),
    [
        ("POST /docs HTTP/1.1", 200, "not GET"),
        ("HEAD / HTTP/1.1", 200, "not GET"),
        (r"\x16\x03\x01", 400, "not GET"),
        ("GET /app.JS?v=3 HTTP/1.1", 200, "assets"),
        ("GET /robots.txt HTTP/1.1", 200, "assets"),
        ("GET /old HTTP/1.1", 301, "redirects"),
        ("GET /gone HTTP/1.1", 404, "errors"),
        ("GET / HTTP/1.1", 503, "errors"),
    ],
)
def test_what_is_no_page_view_is_counted(request_line: str, status: int, reason: str) -> None:
    line = f'1.1.1.1 - - [09/Jan/2026:13:00:00 +0100] "{request_line}" {status} 1 "-" "Firefox"'
    found, views = seen(parser("combined"), line)
    assert (found, views.left_out) == ([], {reason: 1})


@pytest.mark.parametrize("path", ["/", "/v1.2", "/index.html", "/a.b/c", "/shop.php?x=1.js"])
def test_pages_may_have_dots(path: str) -> None:
    line = f'1.1.1.1 - - [09/Jan/2026:13:00:00 +0100] "GET {path} HTTP/1.1" 304 1 "-" "Firefox"'
    assert len(seen(parser("combined"), line)[0]) == 1


@pytest.mark.parametrize("how", LINES)
@pytest.mark.parametrize("bad", ["nonsense", "{}", "\x00\xff", '"', "1 2 3 4 5 6 7 8 9"])
def test_bad_lines_are_counted_and_kept_to_be_shown(how: str, bad: str) -> None:
    found, views = seen(parser(how), bad, LINES[how], *[bad] * 20)
    assert len(found) == 1
    assert (views.left_out["bad lines"], views.lines) == (21, 22)
    assert views.bad == [bad.encode()] * 5


def test_a_time_that_is_none_makes_the_line_bad() -> None:
    line = LINES["combined"].replace("09/Jan", "39/Jan")
    found, views = seen(parser("combined"), line, line.replace("39/Jan", "09/Foo"))
    assert (found, views.left_out) == ([], {"bad lines": 2})


def test_escapes_of_the_log_are_undone() -> None:
    nginx = LINES["combined"].replace(AGENT, r"say \x22hi\x22 \xC3\xBC")
    apache = LINES["combined"].replace(AGENT, r"say \"hi\" \\")
    views, _ = seen(parser("combined"), nginx, apache)
    assert r'"ua":"say \"hi\" ü"'.encode() in views[0].event
    assert rb'"ua":"say \"hi\" \\"' in views[1].event


def test_ids_are_places() -> None:
    line = LINES["combined"]
    views, _ = seen(parser("combined"), line, "x", line)
    assert b'"id":"log-0"' in views[0].event
    assert f'"id":"log-{len(line) + 3}"'.encode() in views[1].event


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("apache", "there is no format 'apache'"),
        ("$remote_addr", "no method, status, target, time"),
        (COMBINED.replace("$status ", ""), "no status"),
    ],
)
def test_a_format_that_will_not_do_is_refused_with_the_reason(how: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parser(how)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09/Jan/2026:12:00:00 +0000", NOON),
        ("09/Jan/2026:06:30:00 -0530", NOON),
        ("2026-01-09T12:00:00Z", NOON),
        ("2026-01-09T12:00:00.123456+00:00", NOON + 123),
        ("1767960000.500", NOON + 500),
    ],
)
def test_times(text: str, expected: int) -> None:
    assert time_ms(text.encode()) == expected


def test_a_line_of_a_log_has_all_fields() -> None:
    found = parser("combined")(LINES["combined"].encode())
    assert isinstance(found, LogLine)
    assert found.status == b"200"
    assert found.host == b""

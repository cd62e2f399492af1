import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.urls import MAX_PATH, MAX_UTM, cut, utm


@pytest.mark.parametrize(
    ("url", "host", "path", "text"),
    [
        ("https://example.com", "example.com", "/", "https://example.com/"),
        ("HTTPS://Example.COM/A", "example.com", "/A", "https://example.com/A"),
        ("https://example.com/a?b=c#d", "example.com", "/a", "https://example.com/a"),
        ("https://example.com#?a", "example.com", "/", "https://example.com/"),
        ("https://example.com?a/b", "example.com", "/", "https://example.com/"),
        ("http://example.com:8080/a", "example.com", "/a", "http://example.com:8080/a"),
        ("http://example.com:/a", "example.com", "/a", "http://example.com/a"),
        ("https://me:secret@example.com/", "example.com", "/", "https://example.com/"),
        ("https://me@you@example.com/@x", "example.com", "/@x", "https://example.com/@x"),
        ("https://example.com./", "example.com", "/", "https://example.com/"),
        ("https://bücher.example/ü", "xn--bcher-kva.example", "/ü", None),
        ("http://[2001:DB8::1]:81/", "[2001:db8::1]", "/", "http://[2001:db8::1]:81/"),
        ("http://127.0.0.1/", "127.0.0.1", "/", "http://127.0.0.1/"),
        ("android-app://com.example.app", "com.example.app", "/", None),
    ],
)
def test_only_scheme_host_port_and_path_are_left(
    url: str, host: str, path: str, text: str | None
) -> None:
    found = cut(url)

    assert (found.host, found.path) == (host, path)
    assert text is None or found.text == text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "//example.com/",
        "example.com",
        "mailto:me@example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https:///path",
        "https://",
        "https://me:secret@/",
        "https://exa mple.com/",
        "https://example.com\\@evil.com/",
        "https://example.com/\0",
        "https://example.com/\ud800",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://example.com:²/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[nonsense]/",
        "https://[::1%<x>]:80:80/",
        "https://" + "a" * 300 + "/",
        "https://" + "ü" * 300 + ".com/",
        "https://exa\uff0fmple.com/",
        "https://example.com/" + "a" * MAX_PATH,
    ],
)
def test_an_invalid_page_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (callers add the message)
        cut(url)


@given(
    st.text(),
    st.text(alphabet="abc:@/?#\\[]%. é\0", min_size=1),
    st.sampled_from(["https://", "http://secret@", "https://u:secret@"]),
)
def test_nothing_secret_survives_the_cut(query: str, rest: str, start: str) -> None:
    url = f"{start}example.com{rest}?{query}"
    try:
        found = cut(url)
    except ValueError:
        return
    authority = found.text.split("/")[2]

    assert "secret" not in authority
    assert "@" not in authority
    assert "?" not in found.text
    assert "#" not in found.text
    assert found.text.endswith(found.path)


def test_utm_fields_are_kept() -> None:
    url = "https://a.example/?x=1&utm_source=News+letter&utm_campaign=caf%C3%A9&utm_id=7#utm_term=x"

    assert utm(url) == {"source": "News letter", "campaign": "café"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", None),
        ("utm_source=", None),
        ("utm_source=%20", None),
        ("utm_source=%00a%0A", {"source": "a"}),
        ("utm_source=%FF", {"source": "\ufffd"}),
        ("utm_source=a&utm_source=b", {"source": "a"}),
        ("utm_term=" + "x" * 1000, {"term": "x" * MAX_UTM}),
        ("source=a&not_utm_source=b", None),
    ],
)
def test_utm_values_are_plain_short_text(query: str, found: dict[str, str] | None) -> None:
    assert utm(f"https://a.example/?{query}") == found

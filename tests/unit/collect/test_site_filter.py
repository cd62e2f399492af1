import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.collect.site_filter import PathGlobs, SiteFilter
from footfall.model import DropReason
from footfall.urls import cut
from tests.ingesting import caller, rules


def refused(
    host: str = "example.com", path: str = "/", site: dict[str, Any] | None = None, **fields: Any
) -> DropReason | None:
    who = caller(**fields)
    return SiteFilter(rules(**site or {})).refuse(cut(f"https://{host}{path}"), who.address, who)


def test_without_rules_everything_is_accepted() -> None:
    assert refused(origin="https://elsewhere.example") is None


@pytest.mark.parametrize("honour", [True, False])
def test_do_not_track_is_honoured_if_the_site_says_so(honour: bool) -> None:
    reason = refused(site={"honour_dnt": honour}, do_not_track=True)

    assert reason == (DropReason.DO_NOT_TRACK if honour else None)


@pytest.mark.parametrize(
    ("host", "is_foreign"),
    [
        ("example.com", False),
        ("www.example.com", False),
        ("shop.example.org", False),
        ("www.shop.example.org", False),
        ("other.example", True),
        ("blog.example.com", True),
        ("example.com.evil.example", True),
        ("notexample.com", True),
    ],
)
def test_a_domain_covers_itself_and_www(host: str, is_foreign: bool) -> None:
    reason = refused(host, site={"domains": ("www.example.com", "shop.example.org")})

    assert reason == (DropReason.FOREIGN_HOST if is_foreign else None)


@pytest.mark.parametrize(
    ("origin", "is_foreign"),
    [
        (None, False),
        ("https://example.com", False),
        ("http://www.example.com:8080", False),
        ("https://evil.example", True),
        ("null", True),
        ("", True),
    ],
)
def test_the_origin_must_belong_to_the_site_too(origin: str | None, is_foreign: bool) -> None:
    reason = refused(site={"domains": ("example.com",)}, origin=origin)

    assert reason == (DropReason.FOREIGN_HOST if is_foreign else None)


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("/admin", "/admin", True),
        ("/admin", "/admin/users", False),
        ("/admin*", "/admin/users", True),
        ("/*/edit", "/posts/7/edit", True),
        ("/*/edit", "/posts/7/edits", False),
        ("*", "/", True),
        ("/a.b", "/aXb", False),
        ("/a|/b", "/b", False),
        ("/é(*", "/é(1", True),
    ],
)
def test_excluded_paths(glob: str, path: str, matches: bool) -> None:
    reason = refused(path=path, site={"exclude_paths": ("/never", glob)})

    assert reason == (DropReason.EXCLUDED_PATH if matches else None)


def test_many_stars_do_not_hang() -> None:
    glob = "/" + "*a" * 30 + "!"

    assert refused(path="/" + "a" * 2000, site={"exclude_paths": (glob,)}) is None


def test_more_and_longer_paths_than_one_expression_could_hold_are_compared() -> None:
    """As a site from before there was a limit may have; the last of them matches."""
    globs = tuple("/*" + f"{number}*" * 300 + "!" for number in range(1000))

    assert refused(path="/" + "x999x" * 300 + "!", site={"exclude_paths": globs}) is not None
    assert refused(path="/" + "x" * 2000, site={"exclude_paths": globs}) is None


@given(glob=st.text("ab*", min_size=1, max_size=8), path=st.text("ab", max_size=10))
def test_a_star_stands_for_any_characters(glob: str, path: str) -> None:
    expression = ".*".join(re.escape(part) for part in f"/{glob}".split("*"))
    expected = re.fullmatch(expression, f"/{path}") is not None

    assert (f"/{path}" in PathGlobs((f"/{glob}",))) == expected


@pytest.mark.parametrize(
    ("address", "matches"),
    [("198.51.100.9", True), ("10.1.2.3", True), ("2001:db8::1", True), ("198.51.100.8", False)],
)
def test_excluded_addresses(address: str, matches: bool) -> None:
    excluded = ("198.51.100.9", "10.0.0.0/8", "2001:db8::/32")

    reason = refused(site={"exclude_ips": excluded}, address=address)

    assert reason == (DropReason.EXCLUDED_IP if matches else None)

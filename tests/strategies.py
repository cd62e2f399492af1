"""Hypothesis strategies for events."""

from typing import get_args

from hypothesis import strategies as st

from footfall.model import Event, EventType, Scalar

MAX_SAFE_TIME = 4_102_444_800_000
"""2100-01-01, in ms."""

INT64 = st.integers(-(2**63), 2**63 - 1)


def text(max_size: int = 30) -> st.SearchStrategy[str]:
    """Any Unicode text without NUL and surrogates, which ``collect`` refuses."""
    alphabet = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(alphabet, max_size=max_size)


def scalars() -> st.SearchStrategy[Scalar]:
    floats = st.floats(allow_nan=False, allow_infinity=False)
    return st.one_of(st.none(), st.booleans(), INT64, floats, text())


def events(
    sites: st.SearchStrategy[str] | None = None, times: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[Event]:
    maybe_text = st.none() | text()
    return st.builds(
        Event,
        site=sites or st.sampled_from(["a", "b-2", "c.example_1"]),
        time=times or st.integers(0, MAX_SAFE_TIME),
        id=text(),
        type=st.sampled_from(get_args(EventType)),
        visitor=INT64,
        host=text(),
        path=text(60),
        previous_visitor=st.none() | INT64,
        sid=maybe_text,
        title=maybe_text,
        name=maybe_text,
        url=maybe_text,
        referrer=maybe_text,
        source=maybe_text,
        campaign=maybe_text,
        country=maybe_text,
        device=maybe_text,
        browser=maybe_text,
        os=maybe_text,
        goals=st.lists(text(), max_size=3).map(tuple),
        utm=st.none() | st.dictionaries(text(), text(), max_size=3),
        props=st.none() | st.dictionaries(text(), scalars(), max_size=3),
        region=maybe_text,
        city=maybe_text,
    )

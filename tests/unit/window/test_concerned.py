from hypothesis import given
from hypothesis import strategies as st

from footfall.window.concerned import Concerned
from footfall.window.query import Dimensions, Filter, compile_filter

PATHS = st.sampled_from(["/", "/docs", "/docs/start", "/d"])
WANTED = st.builds(
    Filter,
    path=st.none() | PATHS | PATHS.map(lambda path: path + "*"),
    country=st.none() | st.sampled_from(["DE", "US"]),
    os=st.none() | st.sampled_from(["Linux", "Android"]),
)


def dimensions(path: str, country: str, os: str) -> Dimensions:
    return (path, country, "-", "-", "-", "-", os)


PLACES = st.builds(
    dimensions, PATHS, st.sampled_from(["DE", "US", "FR"]), st.sampled_from(["Linux", "iOS"])
)


@given(st.lists(WANTED, max_size=8), st.integers(0, 8), PLACES, PLACES)
def test_it_misses_none_that_matches_and_gives_each_once(
    wanted: list[Filter], removed: int, before: Dimensions, after: Dimensions
) -> None:
    concerned: Concerned[int] = Concerned()
    for number, each in enumerate(wanted):
        concerned.add(each, number)
    for number, each in enumerate(wanted[:removed]):
        concerned.remove(each, number)
    found, either = concerned.by(after), concerned.by_either(before, after)
    assert len(found) == len(set(found))
    assert len(either) == len(set(either))
    for number, each in list(enumerate(wanted))[removed:]:
        matches = compile_filter(each) or (lambda _: True)
        assert number in found or not matches(after)
        assert number in either or not (matches(before) or matches(after))
    assert not set(either) & set(range(min(removed, len(wanted))))


def test_filters_that_can_not_match_are_not_looked_at() -> None:
    concerned: Concerned[int] = Concerned()
    for number in range(100):
        concerned.add(Filter(path=f"/{number}*"), number)
        concerned.add(Filter(path=f"/{number}", country="DE"), 100 + number)
    assert concerned.by(dimensions("/7/a", "DE", "Linux")) == [7]

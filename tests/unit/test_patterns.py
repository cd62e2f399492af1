"""What a pattern may cost."""

import pytest

from footfall.errors import InvalidInput
from footfall.patterns import MAX_PROGRAM, Pattern


@pytest.mark.parametrize(
    "text",
    [
        r"^/order/\d+$",
        r"^/order/[0-9a-f-]{36}/done$",
        r"(?i)thank.?you",
        r"^/(de|en|fr)/(checkout|kasse)/(done|thanks|danke)",
        "|".join(f"/product-{number}" for number in range(30)),
    ],
)
def test_usual_patterns_are_small(text: str) -> None:
    assert Pattern(text, "value").size <= MAX_PROGRAM


@pytest.mark.parametrize(
    "text",
    [
        "(?:a|b)*a(?:a?b?){500}",
        "^/[ab]*a[ab]{1000}$",
        "(?:.{100}){10}",
        r"\p{L}{900}",
        r"(?i)" + r"\p{L}" * 400,
        "a" * 501,
    ],
)
def test_what_may_cost_much_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(InvalidInput, match="too large: shorten it") as refusal:
        Pattern(text, "filters")
    assert refusal.value.field == "filters"
    assert len(str(refusal.value)) < 300


def test_a_bad_pattern_is_explained_and_nothing_is_written(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for text, reason in (("(a", "missing )"), ("a\\", "trailing"), (r"(a)\1", "invalid escape")):
        with pytest.raises(InvalidInput) as refusal:
            Pattern(text, "value")
        assert reason in str(refusal.value)
        assert "b'" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")

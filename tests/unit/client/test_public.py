"""What the package says is public is what it has, and what its page describes."""

from inspect import ismodule
from pathlib import Path

from footfall import client

PAGE = Path(__file__).parents[3] / "docs" / "python.md"


def test_the_public_names_are_those_that_are_there() -> None:
    found = {name for name, value in vars(client).items() if name[0] != "_" and not ismodule(value)}
    assert found == set(client.__all__)
    assert sorted(client.__all__) == client.__all__


def test_every_public_name_is_on_its_page() -> None:
    page = PAGE.read_text()
    assert not [name for name in client.__all__ if name not in page]

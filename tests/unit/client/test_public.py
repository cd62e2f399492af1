"""``__all__`` lists the public names, and the docs page describes them."""

from inspect import ismodule
from pathlib import Path

from footfall import client

PAGE = Path(__file__).parents[3] / "docs" / "python.md"


def test_all_lists_exactly_the_public_names() -> None:
    found = {name for name, value in vars(client).items() if name[0] != "_" and not ismodule(value)}
    assert found == set(client.__all__)
    assert sorted(client.__all__) == client.__all__


def test_every_public_name_is_on_the_docs_page() -> None:
    page = PAGE.read_text()
    assert not [name for name in client.__all__ if name not in page]

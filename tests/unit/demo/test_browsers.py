import random

import pytest

from footfall.demo import browsers
from footfall.enrich.bots import Bots


@pytest.fixture(scope="module")
def bots() -> Bots:
    return Bots()


def test_no_simulated_visitor_looks_like_a_bot(bots: Bots) -> None:
    rng = random.Random(1)
    agents = {browsers.browser(rng).user_agent for _ in range(2000)}

    assert len(agents) > 12
    assert not [agent for agent in agents if agent in bots]


@pytest.mark.parametrize("user_agent", browsers.BOTS)
def test_simulated_bots_are_recognized(bots: Bots, user_agent: str) -> None:
    assert user_agent in bots

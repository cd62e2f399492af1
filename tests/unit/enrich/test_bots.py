import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from footfall.enrich.bots import Bots, drop_bots
from footfall.enrich.draft import Agent
from footfall.model import DropReason
from tests.ingesting import CHROME, draft


@pytest.fixture(scope="module")
def bots() -> Bots:
    return Bots()


def test_every_known_crawler_is_a_bot(bots: Bots) -> None:
    agents = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]

    assert len(agents) > 1000
    assert not [agent for agent in agents if agent not in bots]


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        " ",
        "-",
        "curl/8.5.0",
        "Java/17.0.2",
        "java/1.8",
        "PostmanRuntime/7.36",
        "python-requests/2.31",
        "undici",
        CHROME.replace("Chrome/", "HeadlessChrome/"),
        "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/22.1.0",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    ],
)
def test_programs_are_bots(bots: Bots, user_agent: str) -> None:
    assert user_agent in bots


@pytest.mark.parametrize(
    "user_agent",
    [
        CHROME,
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 Chrome/99 Mobile",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/36; U; en) Presto/2.12.423 Version/12.16",
    ],
)
def test_browsers_are_not_bots(bots: Bots, user_agent: str) -> None:
    assert user_agent not in bots


def test_only_bots_are_dropped() -> None:
    visit = draft()
    assert drop_bots(visit) is None

    visit.agent = Agent(None, None, None, bot=True)
    assert drop_bots(visit) is DropReason.BOT

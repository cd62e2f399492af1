import pytest

from footfall.enrich.draft import Agent
from footfall.enrich.user_agent import UserAgents
from tests.ingesting import CHROME, draft

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE_KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE_KIT}"
MAC_SAFARI = f"{MAC} Version/18.0 Safari/605.1.15"
PIXEL = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {KIT}"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE_KIT}"


@pytest.fixture(scope="module")
def agents() -> UserAgents:
    return UserAgents()


@pytest.mark.parametrize(
    ("user_agent", "browser", "system", "device"),
    [
        (CHROME, "Chrome", "Windows", "desktop"),
        (f"{CHROME} Edg/140.0.0.0", "Edge", "Windows", "desktop"),
        (f"{CHROME} OPR/120.0.0.0", "Opera", "Windows", "desktop"),
        (MAC_SAFARI, "Safari", "macOS", "desktop"),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox",
            "Linux",
            "desktop",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/140.0.0.0 Safari/537.36",
            "Chrome",
            "ChromeOS",
            "desktop",
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "Internet Explorer",
            "Windows",
            "desktop",
        ),
        (f"{PIXEL} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome", "Android", "mobile"),
        (f"{PIXEL} Chrome/140.0.0.0 Safari/537.36", "Chrome", "Android", "tablet"),
        (
            f"{PIXEL} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet",
            "Android",
            "mobile",
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
            "Firefox",
            "Android",
            "mobile",
        ),
        (f"{IPHONE} Version/18.0 Mobile/15E148 Safari/604.1", "Safari", "iOS", "mobile"),
        (f"{IPHONE} CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome", "iOS", "mobile"),
        (f"{IPHONE} FxiOS/140.0 Mobile/15E148 Safari/604.1", "Firefox", "iOS", "mobile"),
        (f"{IPHONE} EdgiOS/140.0 Mobile/15E148 Safari/604.1", "Edge", "iOS", "mobile"),
        (
            f"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) {APPLE_KIT} Version/12.1 Mobile/15E148 "
            "Safari/604.1",
            "Safari",
            "iOS",
            "tablet",
        ),
        ("something else", None, None, None),
    ],
)
def test_browser_system_and_device_of_common_user_agents(
    agents: UserAgents,
    user_agent: str,
    browser: str | None,
    system: str | None,
    device: str | None,
) -> None:
    assert agents.parse(user_agent) == Agent(browser, system, device)


@pytest.mark.parametrize(
    ("width", "height", "device", "system"),
    [
        (820, 1180, "tablet", "iOS"),
        (1032, 1376, "tablet", "iOS"),
        (1440, 900, "desktop", "macOS"),
        (1024, 640, "desktop", "macOS"),  # a small Mac
        (1080, 1920, "desktop", "macOS"),  # a turned display
        (None, None, "desktop", "macOS"),
    ],
)
def test_an_ipad_that_claims_to_be_a_mac_is_recognized_by_its_screen(
    agents: UserAgents, width: int | None, height: int | None, device: str, system: str
) -> None:
    visit = draft(user_agent=MAC_SAFARI, screen_width=width, screen_height=height)

    agents.identify(visit)

    assert visit.agent == Agent("Safari", system, device)


def test_a_bot_is_recognized_by_its_user_agent(agents: UserAgents) -> None:
    visit = draft(user_agent="curl/8.5.0")

    agents.identify(visit)

    assert visit.agent.bot

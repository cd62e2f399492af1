"""The browser, operating system and device class, from the user agent."""

from functools import cache
from sys import intern

from ua_parser import Domain
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver

from footfall.caches import MIB, cached
from footfall.enrich.bots import Bots
from footfall.enrich.device import device_of, is_ipad
from footfall.enrich.draft import Agent, Draft

CACHE_BYTES = 13 * MIB
"""Room for 20,000 to 40,000 user agents, whose results share their texts; parsing one takes about
15 µs."""

BROWSERS = {
    "Amazon Silk": "Silk",
    "Android": "Android Browser",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Android WebView",
    "Chromium GOST Browser": "Chromium",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Edge Mobile": "Edge",
    "Firefox Focus": "Firefox",
    "Firefox Klar": "Firefox",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Google": "Google app",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "MiuiBrowser": "MIUI Browser",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "iOS WebView",
    "Opera GX": "Opera",
    "Opera Mobile": "Opera",
    "Opera Touch": "Opera",
    "QQ Browser Mini": "QQ Browser",
    "QQ Browser Mobile": "QQ Browser",
    "Vivaldi Mobile": "Vivaldi",
    "Yandex Browser Lite": "Yandex Browser",
}
"""From the parser's families to common names; desktop and mobile are merged."""

LINUX = (
    "Arch Linux",
    "CentOS",
    "Debian",
    "Fedora",
    "Gentoo",
    "Kubuntu",
    "Linux Mint",
    "Lubuntu",
    "Mageia",
    "PCLinuxOS",
    "Puppy",
    "Red Hat",
    "Slackware",
    "SUSE",
    "Ubuntu",
    "openSUSE",
)
SYSTEMS = {
    "ATV OS X": "tvOS",
    "Chrome OS": "ChromeOS",
    "Chromecast Android": "Android",
    "Mac OS": "macOS",
    "Mac OS X": "macOS",
    **dict.fromkeys(LINUX, "Linux"),
}


class UserAgents:
    """Step: sets ``agent``, cached for the most recent user agents.

    An iPad claims to be a Mac; its screen size tells them apart.
    """

    def __init__(self) -> None:
        self._bots = Bots()
        self._resolve = _resolver()
        self._parse = cached(CACHE_BYTES)(self.parse)

    def identify(self, draft: Draft) -> None:
        hit = draft.hit
        agent = self._parse(hit.user_agent)
        if agent.os == "macOS" and is_ipad(hit.screen_width, hit.screen_height):
            agent = Agent(agent.browser, "iOS", "tablet", agent.bot)
        draft.agent = agent

    def parse(self, user_agent: str) -> Agent:
        if user_agent in self._bots:
            return Agent(None, None, None, bot=True)
        found = self._resolve(user_agent, Domain.USER_AGENT | Domain.OS)
        browser = _name(BROWSERS, found.user_agent.family if found.user_agent else None)
        system = _name(SYSTEMS, found.os.family if found.os else None)
        return Agent(browser, system, device_of(user_agent, system))


@cache
def _resolver() -> Resolver:
    """Takes half a second to build, so it is shared."""
    return Resolver(load_builtins())


def _name(names: dict[str, str], family: str | None) -> str | None:
    """The common name of a family, interned: each parse creates new strings for a few names."""
    return None if family is None else intern(names.get(family, family))

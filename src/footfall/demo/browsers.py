"""The visitors' browsers: the share, user agent and common screen sizes of each."""

import random

import msgspec


class Browser(msgspec.Struct, frozen=True):
    user_agent: str
    width: int
    height: int


_DESKTOP = ((1920, 1080), (1536, 864), (1440, 900), (2560, 1440), (1366, 768))
_IPHONE = ((390, 844), (393, 852), (430, 932), (375, 667))
_ANDROID = ((412, 915), (360, 800), (384, 854))
_TABLET = ((820, 1180), (1024, 1366))

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X)"
_DROID = "Mozilla/5.0 (Linux; Android 10; K)"

_Screens = tuple[tuple[int, int], ...]

_BROWSERS: tuple[tuple[float, _Screens, str], ...] = (
    (22, _DESKTOP, f"{_WINDOWS}) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"),
    (6, _DESKTOP, f"{_WINDOWS}) {_WEBKIT} Chrome/141.0.0.0 Safari/537.36"),
    (8, _DESKTOP, f"{_WINDOWS}) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"),
    (4, _DESKTOP, f"{_WINDOWS}; rv:144.0) Gecko/20100101 Firefox/144.0"),
    (1, _DESKTOP, f"{_WINDOWS}) {_WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0"),
    (8, _DESKTOP, f"{_MAC}) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"),
    (6, _DESKTOP, f"{_MAC}) {_SAFARI} Version/26.1 Safari/605.1.15"),
    (1, _DESKTOP, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) "
                  "Gecko/20100101 Firefox/144.0"),
    (2, _DESKTOP, f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"),
    (2, _DESKTOP, "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"),
    (17, _IPHONE, f"{_PHONE} {_SAFARI} Version/26.1 Mobile/15E148 Safari/604.1"),
    (3, _IPHONE, f"{_PHONE} {_SAFARI} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1"),
    (18, _ANDROID, f"{_DROID} {_WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36"),
    (3, _ANDROID, f"{_DROID} {_WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
    (1, _ANDROID, "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"),
    (1.5, _TABLET, "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) "
                   f"{_SAFARI} Version/26.1 Mobile/15E148 Safari/604.1"),
    (1, _TABLET, f"Mozilla/5.0 (Linux; Android 14; SM-X810) {_WEBKIT} "
                 "Chrome/142.0.0.0 Safari/537.36"),
)  # fmt: skip

_WEIGHTS = tuple(weight for weight, _, _ in _BROWSERS)

BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    f"{_WINDOWS}) {_WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36",
)


def browser(rng: random.Random) -> Browser:
    _, screens, user_agent = rng.choices(_BROWSERS, _WEIGHTS)[0]
    return Browser(user_agent, *rng.choice(screens))


def bot(rng: random.Random) -> Browser:
    return Browser(rng.choice(BOTS), 800, 600)

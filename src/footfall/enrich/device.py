"""The device class: desktop, mobile, tablet, tv or console."""

import re2

CONSOLES = ("PlayStation", "Nintendo", "Xbox")
TVS = (
    "AppleTV",
    "Apple TV",
    "SMART-TV",
    "SmartTV",
    "Smart TV",
    "SmartHub",
    "HbbTV",
    "GoogleTV",
    "Google TV",
    "Android TV",
    "BRAVIA",
    "CrKey",
    "NetCast",
    "NETTV",
    "Roku",
    "VIDAA",
    "Viera",
    "Web0S",
    "; AFT",
)
"""``Web0S`` with a zero is LG's; ``; AFT`` starts the model names of Fire TV."""
TABLETS = ("iPad", "Tablet", "PlayBook", "Kindle", "; KF")
"""``; KF`` starts the model names of Fire tablets."""
PHONES = ("iPhone", "iPod", "Windows Phone", "IEMobile", "BlackBerry", "BB10", "Opera Mini", "Mobi")
DESKTOP_SYSTEMS = frozenset({"Windows", "macOS", "Linux", "ChromeOS", "FreeBSD", "OpenBSD"})

IPAD_MAX_WIDTH = 1032
"""Width of the largest iPad in portrait, in CSS pixels; iPads always report portrait sizes."""


def _word_sets() -> re2.Set:
    """One pattern per class, in the order of the constants, so that one pass finds all words."""
    words = re2.Set.SearchSet(re2.Options())
    for names in (CONSOLES, TVS, TABLETS, PHONES):
        words.Add("|".join(re2.escape(name) for name in names))
    words.Compile()
    return words


_CONSOLE, _TV, _TABLET, _PHONE = range(4)
_words = _word_sets()


def device_of(user_agent: str, system: str | None) -> str | None:
    """The device class; None if the user agent does not say. The first match wins: televisions
    mention Android too, and an Android without ``Mobile`` is a tablet."""
    said = _words.Match(user_agent) or ()
    if _CONSOLE in said:
        return "console"
    if _TV in said or system == "tvOS":
        return "tv"
    if system == "Windows":
        return "desktop"
    if _TABLET in said:
        return "tablet"
    if _PHONE in said or system == "iOS":
        return "mobile"
    if system == "Android":
        return "tablet"
    return "desktop" if system in DESKTOP_SYSTEMS else None


def is_ipad(width: int | None, height: int | None) -> bool:
    """Whether a screen reported as a Mac's is an iPad's: in portrait, and narrower than the
    narrowest portrait display of a Mac (1050)."""
    return width is not None and height is not None and width <= IPAD_MAX_WIDTH and width < height

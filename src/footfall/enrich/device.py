"""The class of a device: desktop, mobile, tablet, tv or console."""

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
"""CSS pixels across the largest iPad held upright, which is how it states its screen."""


def device_of(user_agent: str, system: str | None) -> str | None:
    """None when the user agent does not tell. First match wins: televisions name Android too,
    and an Android that does not say ``Mobile`` is a tablet."""
    if _any_in(CONSOLES, user_agent):
        return "console"
    if _any_in(TVS, user_agent) or system == "tvOS":
        return "tv"
    if system == "Windows" and "Phone" not in user_agent:
        return "desktop"
    if _any_in(TABLETS, user_agent):
        return "tablet"
    if _any_in(PHONES, user_agent) or system == "iOS":
        return "mobile"
    if system == "Android":
        return "tablet"
    return "desktop" if system in DESKTOP_SYSTEMS else None


def is_ipad(width: int | None, height: int | None) -> bool:
    """Whether a screen that says it is a Mac's is an iPad's: upright, and narrower than the
    narrowest display that a Mac turns upright (1050)."""
    return width is not None and height is not None and width <= IPAD_MAX_WIDTH and width < height


def _any_in(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)

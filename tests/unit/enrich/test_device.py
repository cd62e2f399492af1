import pytest

from footfall.enrich.device import device_of


@pytest.mark.parametrize(
    ("user_agent", "system", "device"),
    [
        ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) TV Safari/537.36", "Tizen", "tv"),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) Chrome/108 Safari/537.36", "webOS", "tv"),
        ("Mozilla/5.0 (Linux; Android 11; AFTSSS) Silk/120 Safari/537.36", "Android", "tv"),
        ("Mozilla/5.0 (Linux; Android 12; BRAVIA 4K) Chrome/120 Safari/537.36", "Android", "tv"),
        ("AppleTV14,1/18.0", "tvOS", "tv"),
        ("Mozilla/5.0 (PlayStation; PlayStation 5/9.00) Safari/605.1.15", None, "console"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; Xbox; Xbox One) Edge/44", "Windows", "console"),
        ("Mozilla/5.0 (Linux; Android 11; KFTRWI) Silk/120 Safari/537.36", "Android", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Tablet PC 2.0)", "Windows", "desktop"),
        ("Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) KAIOS/2.5", "KaiOS", "mobile"),
        ("Mozilla/5.0 (X11; FreeBSD amd64; rv:130.0)", "FreeBSD", "desktop"),
        ("Mozilla/5.0 (Fuchsia)", "Fuchsia", None),
    ],
)
def test_the_class_of_a_device(user_agent: str, system: str | None, device: str | None) -> None:
    assert device_of(user_agent, system) == device

from pathlib import Path

import pytest

from footfall.errors import InvalidInput
from footfall.settings import SETTINGS, Setting, load

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_a_flag_beats_the_environment_which_beats_the_default() -> None:
    environment = {"FOOTFALL_PORT": "9000", "FOOTFALL_RAW_DAYS": "7"}
    settings = load({"port": "9001", "raw_days": None}, environment)
    assert (settings.port, settings.raw_days, settings.host) == (9001, 7, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("retention_minutes", "9", "a whole number from 10 to 60"),
        ("retention_minutes", "61", "a whole number from 10 to 60"),
        ("port", "http", "a whole number from 0 to 65535"),
        ("rate_limit", "nan", "a number from 0"),
        ("access_log", "maybe", "true or false"),
        ("trusted_proxies", "10.0.0.0/99", "addresses, networks"),
    ],
)
def test_a_bad_value_is_refused_with_its_range_and_remedy(name: str, text: str, part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load({name: text}, {})
    message = str(caught.value)
    assert part in message
    assert "--" + name.replace("_", "-") in message
    assert "FOOTFALL_" + name.upper() in message
    assert caught.value.field == name


def test_networks_and_flags_are_parsed() -> None:
    settings = load({"trusted_proxies": "10.0.0.0/8, ::1", "access_log": "on"}, {})
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.access_log is True


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_docs_page_describes_each_setting_correctly(setting: Setting) -> None:
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    row = next((row for row in rows if row[1].strip() == f"`{setting.name}`"), None)
    assert row is not None, f"docs/settings.md has no line for {setting.name}"
    flag, variable, default, limits, meaning = (cell.strip() for cell in row[2:7])
    assert (flag, variable) == (f"`{setting.flag}`", f"`{setting.variable}`")
    assert limits == setting.range
    assert meaning
    if setting.name != "admin_token":
        assert setting.parse(default.split("`")[1]) == setting.default


def test_the_docs_page_lists_no_unknown_setting() -> None:
    names = {
        line.split("|")[1].strip(" `")
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `")
    }
    assert names == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("length", [1, 15])
def test_a_short_admin_token_is_refused_and_not_shown(length: int) -> None:
    token = "x" * length
    with pytest.raises(InvalidInput, match="16 or more") as refusal:
        load({}, {"FOOTFALL_ADMIN_TOKEN": token})
    assert repr(token) not in str(refusal.value)
    assert refusal.value.field == "admin_token"


@pytest.mark.parametrize("length", [0, 16, 200])
def test_other_admin_tokens_are_taken(length: int) -> None:
    assert load({"admin_token": "x" * length}, {}).admin_token == "x" * length

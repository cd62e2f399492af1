"""``footfall site …`` and ``footfall token …``; each command opens the store again."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall.catalog.sessions import new_session, new_session_secret
from footfall.cli.main import main
from footfall.clock import now_ms
from footfall.engines.open import open_catalog, open_store
from footfall.model import Event


class Shell:
    """Runs commands on one store."""

    def __init__(self, folder: Path) -> None:
        self.store = f"sqlite:///{folder / 'test.db'}"

    def __call__(self, *arguments: str) -> Result:
        environment = {"FOOTFALL_STORE": self.store, "COLUMNS": "200"}
        return CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_sites_are_added_listed_and_removed(shell: Shell) -> None:
    added = shell("site", "add", "shop", "--domain", "Shop.example", "--domain", "b.example")
    assert added.exit_code == 0
    assert 'data-site="shop"' in added.stdout
    listed = shell("site", "list").stdout
    assert "shop.example, b.example" in listed
    assert shell("site", "remove", "shop", "--yes").exit_code == 0
    assert "shop" not in shell("site", "list").stdout


def test_goals_are_added_listed_and_removed(shell: Shell) -> None:
    shell("site", "add", "shop")
    for name, *how in (
        ("Newsletter", "--path", "/thanks"),
        ("Signup", "--event", "signup"),
        ("Docs", "--starts-with", "/docs"),
        ("Order", "--pattern", "/order/[0-9]+"),
    ):
        assert shell("goal", "add", name, "--site", "shop", *how).exit_code == 0
    listed = shell("goal", "list").stdout
    for part in ("path, exact: /thanks", "event: signup", "path, starts with: /docs", "pattern"):
        assert part in listed
    goal_id = next(line.split()[1] for line in listed.splitlines() if "Signup" in line)
    assert shell("goal", "remove", goal_id, "--site", "shop").exit_code == 0
    assert "Signup" not in shell("goal", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("goal", "add", "Signup", "--site", "none", "--event", "signup"), "none"),
        (("goal", "add", "Signup", "--site", "taken"), "one of --event, --path"),
        (("goal", "add", "A", "--site", "taken", "--event", "b", "--path", "/"), "one of --event"),
        (("goal", "add", "A", "--site", "taken", "--pattern", "("), "pattern"),
        (("goal", "remove", "none", "--site", "taken"), "footfall goal list"),
        (("site", "add", "No Spaces"), "a site id is"),
        (("site", "add", "shop", "--domain", "https://shop.example"), "isn't a valid domain"),
        (("site", "add", ".."), "a site id is"),
        (("site", "add", "taken"), "already"),
        (("site", "add", "new", "--alias", "taken"), "in use by another site"),
        (("site", "add", "new", "--domain", "taken"), "the site 'taken'"),
        (("site", "remove", "none", "--yes"), "footfall site list"),
        (("site", "add"), "Missing argument"),
        (("token", "create", "--scope", "write"), "--site"),
        (("token", "create", "--scope", "all"), "read"),
        (("token", "create", "--scope", "read", "--site", "none"), "none"),
        (("token", "revoke", "none"), "footfall token list"),
        (("session", "revoke", "none"), "footfall session list"),
        (("session", "revoke"), "--all"),
        (("session", "revoke", "some", "--all"), "--all"),
        (("serve", "--admin-token", "short"), "16 or more"),
        (("site", "list", "--store", "memory://"), "memory://"),
        (("site", "list", "--store", "postgres://x"), "sqlite:///"),
        (("serve", "--retention-minutes", "5"), "10 to 60"),
        (("demo", "--rate", "0"), "rate"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_usage_is_reported_on_stderr_with_exit_code_2(
    shell: Shell, arguments: tuple[str, ...], part: str
) -> None:
    shell("site", "add", "taken")
    result = shell(*arguments)
    assert result.exit_code == 2, result.output
    assert part in result.stderr
    assert "Traceback" not in result.output
    assert not result.stdout


def test_a_token_is_shown_once_and_then_listed_without_its_secret(shell: Shell) -> None:
    shell("site", "add", "shop")
    made = shell("token", "create", "--scope", "write", "--site", "shop", "--name", "importer")
    secret = made.stdout.strip()
    assert secret.startswith("ff_")
    listed = shell("token", "list").stdout
    assert "importer" in listed
    assert secret not in listed
    token_id = listed.splitlines()[-2].split("│")[1].strip()
    assert shell("token", "revoke", token_id).exit_code == 0
    assert "importer" not in shell("token", "list").stdout


def test_sessions_are_listed_and_revoked(shell: Shell) -> None:
    shell("token", "create", "--scope", "read", "--name", "wall")
    ids = asyncio.run(sign_in_with_first_token(shell.store, times=3))
    listed = shell("session", "list").stdout
    assert listed.count("wall") == 3
    assert shell("session", "revoke", ids[0]).stdout == "Revoked 1 session.\n"
    assert ids[0] not in shell("session", "list").stdout
    assert shell("session", "revoke", "--all").stdout == "Revoked 2 sessions.\n"
    assert "wall" not in shell("session", "list").stdout


def test_removing_a_site_removes_its_events(shell: Shell) -> None:
    shell("site", "add", "shop")
    asyncio.run(store_event(shell.store, "shop"))
    assert asyncio.run(count_events(shell.store, "shop")) == 1
    assert shell("site", "remove", "shop", "--yes").exit_code == 0
    assert asyncio.run(count_events(shell.store, "shop")) == 0


def test_a_site_removed_and_added_again_begins_empty(shell: Shell) -> None:
    shell("site", "add", "shop")
    asyncio.run(store_event(shell.store, "shop"))
    shell("site", "remove", "shop", "--yes")
    asyncio.run(store_event(shell.store, "shop"))  # by a server that has not noticed yet
    assert shell("site", "add", "shop").exit_code == 0
    assert asyncio.run(count_events(shell.store, "shop")) == 0


async def sign_in_with_first_token(url: str, times: int) -> list[str]:
    catalog = open_catalog(url)
    token = (await catalog.load()).tokens[0]
    sessions = [new_session(new_session_secret(), token, now_ms()) for _ in range(times)]
    for session in sessions:
        await catalog.put_session(session)
    await catalog.close()
    return [session.id for session in sessions]


async def store_event(url: str, site: str) -> None:
    store = open_store(url)
    await store.event_log.append([Event(site, 1_000, "id", "pageview", 1, "shop.example", "/")])
    await store.close()


async def count_events(url: str, site: str) -> int:
    store = open_store(url)
    tail = await store.event_log.tail()
    count = sum([len(chunk) async for chunk in store.event_log.replay(site, 0, tail.start)])
    await tail.aclose()
    await store.close()
    return count


def test_help_shows_settings_with_range_and_default(shell: Shell) -> None:
    text = shell("serve", "--help").stdout
    assert "--retention-minutes" in text
    assert "(10 to 60)" in text
    assert "[default: 30]" in text
    assert "--store " not in shell("demo", "--help").stdout

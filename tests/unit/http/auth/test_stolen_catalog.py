"""Whoever has a copy of the database has no way in."""

import hashlib
import hmac
import re
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from footfall.app import Application
from footfall.http.auth import session_cookie
from tests.serving import ADMIN, PRIVATE, add_sites, add_token, bearer, new_app, running

SITE = f"/api/analytics/sites/{PRIVATE}"
SESSION = "/api/analytics/session"
OWN = {"origin": "http://footfall.test"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    """Without limits, since this is one address that tries a lot."""
    app = new_app(
        store=f"sqlite:///{tmp_path}/store.db",
        admin_token=ADMIN,
        read_rate_limit=0,
        sign_in_limit=0,
    )
    async with running(app):
        await add_sites(app)
        yield app


async def test_nothing_in_the_catalog_opens_anything(app: Application, tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://footfall.test") as owner:
        for secret in (
            ADMIN,
            await add_token(app, "admin", None),
            await add_token(app, "read", PRIVATE),
        ):
            answer = await owner.post(SESSION, json={"token": secret}, headers=OWN)
            assert answer.status_code == 200
        assert (await owner.get(SITE)).status_code == 200
    found = texts_of(tmp_path / "store.db")
    assert len(found) > 20
    async with httpx.AsyncClient(transport=transport, base_url="http://footfall.test") as thief:
        for text in found | forged_from(found):
            cookie = {"cookie": f"{session_cookie.NAME}={text}"}
            for answer in (
                await thief.get(SITE, headers=cookie),
                await thief.get(SITE, headers=bearer(text)),
                await thief.get(SITE, params={"token": text}),
                await thief.post(SESSION, json={"token": text}),
            ):
                assert answer.status_code == 401, (text, answer.text)


def texts_of(path: Path) -> set[str]:
    """All values in all tables, and all texts within them."""
    found: set[str] = set()
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f"SELECT * FROM {table}"):
                for value in row:
                    text = value.hex() if isinstance(value, bytes) else str(value)
                    found |= {text, *re.findall(r'"([^"]+)"', text)}
    return {text for text in found if text.isascii() and text.strip()}


def forged_from(found: set[str]) -> set[str]:
    """Cookies as they were signed once, with the stored digests of tokens."""
    digests = [text for text in found if re.fullmatch("[0-9a-f]{64}", text)]
    ids = ["settings", "admin-None", f"read-{PRIVATE}"]
    return {
        f"{token_id}.99999999999.{signature(digest, token_id)}"
        for digest in digests
        for token_id in ids
    }


def signature(digest: str, token_id: str) -> str:
    key = hashlib.sha256(f"{session_cookie.NAME}signer{digest}".encode()).digest()
    signed = hmac.digest(key, f"{token_id}.99999999999".encode(), "sha256")
    return urlsafe_b64encode(signed).rstrip(b"=").decode()

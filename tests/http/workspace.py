"""A workspace of the test's own behind its routes: real database, real files, requests through ASGI."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from sorceress_video.accounts import sessions
from sorceress_video.accounts.passwords import hash_password
from sorceress_video.http import health, identity, storage
from sorceress_video.http.cookies import cookie_name
from sorceress_video.http.intake import Pace
from sorceress_video.http.routes import build_app
from sorceress_video.library.database import Database, get_database
from sorceress_video.library.tables import Account, Asset, Batch, Clip, StoredFile, metadata
from sorceress_video.settings import Settings, get_settings

PASSWORD = "a quiet harbour at dawn"
HOST = "localhost:3000"
ORIGIN = f"http://{HOST}"


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of `PASSWORD`, made once for the whole run."""
    return hash_password(PASSWORD)


def forget_everything() -> None:
    """Forget what the process remembers of a deployment."""
    get_settings.cache_clear()
    get_database.cache_clear()
    storage.storage.cache_clear()
    health._redis.cache_clear()
    identity.forget_members()


class Workspace:
    """A deployment on an empty data folder. Environment first, then `start`."""

    def __init__(self, folder: Path, setenv: Callable[[str, str], None]) -> None:
        self.folder = folder
        self.pages = folder / "pages"
        self._setenv = setenv

    def configure(self, **environment: str) -> Settings:
        """Set environment variables and read the settings anew."""
        for name, value in environment.items():
            self._setenv(name, value)
        forget_everything()
        return self.settings

    @property
    def settings(self) -> Settings:
        return get_settings()

    @property
    def db(self) -> Database:
        return get_database()

    def make_tables(self) -> None:
        metadata.create_all(self.db.engine)

    def add_account(self, email: str = "ada@example.com", *, role: str = "member") -> Account:
        account = Account(email=email, name="Ada", password_hash=password_hash(), role=role)
        with self.db.write() as session:
            session.add(account)
        return account

    def cookie_for(self, account: Account) -> dict[str, str]:
        """The cookie of a browser in which the account is signed in."""
        token = sessions.open_session(account.id, user_agent="Test browser", address="127.0.0.1")
        return {cookie_name(self.settings): token}

    def app(self, pace: Pace | None = None) -> Starlette:
        return build_app(pace, self.pages)

    @asynccontextmanager
    async def browser(
        self,
        cookies: dict[str, str] | None = None,
        *,
        app: Starlette | None = None,
        address: str = "127.0.0.1",
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """A client that sends what a browser on the workspace's own page sends."""
        transport = httpx2.ASGITransport(app or self.app(), client=(address, 50_000))
        async with httpx2.AsyncClient(
            transport=transport, base_url=self.settings.base_url, cookies=cookies, headers={"Origin": ORIGIN}
        ) as client:
            yield client

    def add_clip(self, owner: Account) -> tuple[str, str]:
        """A finished clip of somebody's, without its film on the disk: ids of its video and of the clip."""
        with self.db.write() as session:
            kept = StoredFile(key=f"{secrets.token_hex(8)}.mp4", bytes=1, mime="video/mp4")
            batch = Batch(account_id=owner.id, token=secrets.token_hex(8))
            session.add_all([kept, batch])
            session.flush()
            video = Asset(
                account_id=owner.id,
                origin="result",
                kind="video",
                mime="video/mp4",
                sha256=secrets.token_hex(32),
                bytes=1,
                file_key=kept.key,
                width=16,
                height=9,
                seconds=1.0,
            )
            session.add(video)
            session.flush()
            clip = Clip(
                account_id=owner.id,
                batch_id=batch.id,
                model_id="animatic",
                model_name="Animatic",
                provider="sandbox",
                endpoint="sandbox",
                mode="text",
                prompt="a secret harbour",
                settings={},
                status="completed",
                video_id=video.id,
            )
            session.add(clip)
        return video.id, clip.id

    def scratch_files(self) -> list[Path]:
        scratch = self.settings.scratch_dir
        return [path for path in scratch.rglob("*") if path.is_file()] if scratch.exists() else []

    def stored_files(self) -> list[Path]:
        media = self.settings.media_dir
        return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


@pytest.fixture
def workspace(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """An empty workspace on SQLite, with its tables."""
    for name in ("DATABASE_URL", "REDIS_URL", "SORCERESS_STORAGE_URL", "SORCERESS_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    made = Workspace(data_dir, monkeypatch.setenv)
    made.configure(SORCERESS_DATA_DIR=str(data_dir), SORCERESS_MIN_FREE_BYTES="0", SORCERESS_PORT="3000")
    made.make_tables()
    yield made
    made.db.close()
    forget_everything()


def random_id() -> str:
    """An id that nothing has."""
    return secrets.token_hex(16)

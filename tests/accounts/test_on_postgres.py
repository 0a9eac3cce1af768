"""What two at the same moment may not do, on the database where they really run at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from sorceress_video.accounts import limits, sessions
from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library.assets import NewUpload, add_upload, readable_file
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Account, Asset, SetupToken
from tests.http.workspace import Workspace


@pytest.fixture
def on_postgres(workspace: Workspace, postgres_url: str) -> Iterator[Workspace]:
    """The same empty workspace on PostgreSQL."""
    workspace.configure(DATABASE_URL=postgres_url)
    workspace.make_tables()
    yield workspace
    workspace.db.close()


def test_attempts_at_once_do_not_pass_the_same_check(on_postgres: Workspace) -> None:
    def admitted(number: int) -> bool:
        try:
            limits.admit_attempt("ada@example.com", f"203.0.113.{number}")
        except AccountError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(admitted, range(40))) == limits.FREE_FOR_ACCOUNT


def test_two_people_with_the_same_link_make_one_owner(on_postgres: Workspace) -> None:
    with on_postgres.db.write() as session:
        session.add(SetupToken(token_hash="a" * 64))

    def create(number: int) -> bool:
        account = Account(email=f"user{number}@example.com", password_hash="x", role="owner")
        return accounts.add_first_account(on_postgres.db, account, setup_hash="a" * 64)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(8))) == 1


def test_the_same_upload_at_the_same_moment_is_one_asset(on_postgres: Workspace) -> None:
    ada = on_postgres.add_account()
    sha = "ab" * 32
    new = NewUpload(
        kind="image",
        name="a.png",
        file=KeptFile(f"ab/ab/{sha}", sha, 10, "image/png"),
        poster=KeptFile(f"ab/ab/{sha}.thumbnail-1.webp", sha, 5, "image/webp"),
        width=1,
        height=1,
        seconds=None,
        fps=None,
        has_audio=False,
    )
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: add_upload(on_postgres.db, ada.id, new).id, range(8)))

    assert len(ids) == 1
    with on_postgres.db.read() as session:
        assert len(session.exec(select(Asset)).all()) == 1
    assert readable_file(on_postgres.db, ada.id, ids.pop(), "poster") is not None


def test_a_session_lives_and_ends(on_postgres: Workspace) -> None:
    ada = on_postgres.add_account()
    token = sessions.open_session(ada.id, user_agent="Firefox", address="203.0.113.5")
    assert sessions.find_session(token) is not None

    sessions.close_all_sessions(ada.id)
    assert sessions.find_session(token) is None

"""Sessions begin, age and end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from sorceress_video.accounts import sessions
from sorceress_video.accounts import sign_in as signing
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.sign_in import Browser
from sorceress_video.library import accounts
from sorceress_video.library.tables import Account, SignInSession, utc_now
from tests.http.workspace import PASSWORD, Workspace

BROWSER = Browser(user_agent="Firefox", address="203.0.113.5")


@pytest.fixture
def ada(workspace: Workspace) -> Account:
    return workspace.add_account()


def rows(workspace: Workspace) -> list[SignInSession]:
    with workspace.db.read() as session:
        return list(session.exec(select(SignInSession)))


def age(workspace: Workspace, *, idle: timedelta = timedelta(0), old: timedelta = timedelta(0)) -> None:
    with workspace.db.write() as session:
        for row in session.exec(select(SignInSession)):
            row.seen_at -= idle
            row.expires_at -= old


def test_only_the_hash_of_a_token_is_kept(workspace: Workspace, ada: Account) -> None:
    token = signing.sign_in(ada.email, PASSWORD, BROWSER)

    assert len(token) == 43
    assert [row.token_hash for row in rows(workspace)] == [sessions.hash_token(token)]
    assert token not in rows(workspace)[0].model_dump_json()
    found = sessions.find_session(token)
    assert found is not None
    assert found[1].id == ada.id


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(workspace: Workspace, ada: Account) -> None:
    first = signing.sign_in(ada.email, PASSWORD, BROWSER)
    second = signing.sign_in(ada.email, PASSWORD, Browser("Firefox", "203.0.113.5", token=first))

    assert first != second
    assert sessions.find_session(first) is None
    assert sessions.find_session(second) is not None


@pytest.mark.parametrize(
    ("idle", "old", "good"),
    [
        (timedelta(days=6, hours=23), timedelta(0), True),
        (timedelta(days=7), timedelta(0), False),
        (timedelta(0), timedelta(days=29, hours=23), True),
        (timedelta(0), timedelta(days=30), False),
    ],
)
def test_a_session_ends_by_itself(
    workspace: Workspace, ada: Account, idle: timedelta, old: timedelta, good: bool
) -> None:
    token = signing.sign_in(ada.email, PASSWORD, BROWSER)
    age(workspace, idle=idle, old=old)

    assert (sessions.find_session(token) is not None) is good


def test_use_keeps_a_session_alive(workspace: Workspace, ada: Account) -> None:
    token = signing.sign_in(ada.email, PASSWORD, BROWSER)
    age(workspace, idle=timedelta(days=6))
    sessions.find_session(token)

    assert utc_now() - rows(workspace)[0].seen_at < timedelta(minutes=1)


def test_a_disabled_account_is_out_at_once(workspace: Workspace, ada: Account) -> None:
    token = signing.sign_in(ada.email, PASSWORD, BROWSER)
    accounts.disable(workspace.db, ada.id)

    assert sessions.find_session(token) is None
    assert rows(workspace) == []
    with pytest.raises(AccountError) as refused:
        signing.sign_in(ada.email, PASSWORD, BROWSER)
    assert refused.value.code == "bad_credentials"


def test_a_new_password_ends_every_session(workspace: Workspace, ada: Account) -> None:
    here = signing.sign_in(ada.email, PASSWORD, BROWSER)
    there = signing.sign_in(ada.email, PASSWORD, BROWSER)
    fresh = signing.change_password(
        ada.id, PASSWORD, "another harbour", Browser("Firefox", "203.0.113.5", token=here)
    )

    assert sessions.find_session(here) is None
    assert sessions.find_session(there) is None
    assert sessions.find_session(fresh) is not None
    assert signing.sign_in(ada.email, "another harbour", BROWSER)


def test_the_present_password_is_asked_for(workspace: Workspace, ada: Account) -> None:
    with pytest.raises(AccountError) as refused:
        signing.change_password(ada.id, "not mine", "another harbour", BROWSER)

    assert refused.value.code == "wrong_password"
    assert signing.sign_in(ada.email, PASSWORD, BROWSER)


def test_a_member_sees_and_ends_only_their_own_sessions(workspace: Workspace, ada: Account) -> None:
    grace = workspace.add_account("grace@example.com")
    signing.sign_in(ada.email, PASSWORD, BROWSER)
    theirs = sessions.open_session(grace.id, user_agent="Chrome", address="198.51.100.1")
    found = sessions.find_session(theirs)
    assert found is not None

    assert [info.user_agent for info in sessions.list_sessions(ada.id, "none")] == ["Firefox"]
    assert not sessions.close_own_session(ada.id, found[0])
    assert sessions.find_session(theirs) is not None
    assert sessions.close_own_session(grace.id, found[0])
    assert sessions.find_session(theirs) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 100_000, "é" * 43])
def test_a_made_up_token_finds_nothing(workspace: Workspace, token: str) -> None:
    assert sessions.find_session(token) is None

"""The owner's account is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from sorceress_video.accounts import setup
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.sessions import hash_token
from sorceress_video.library.tables import Account, SetupToken
from tests.http.workspace import PASSWORD, Workspace


def new_token(workspace: Workspace) -> str:
    link = setup.setup_link(workspace.settings)
    assert link is not None
    return parse_qs(urlsplit(link).query)["token"][0]


def owners(workspace: Workspace) -> list[Account]:
    with workspace.db.read() as session:
        return list(session.exec(select(Account)))


def test_the_link_leads_to_the_setup_page_and_only_its_hash_is_kept(workspace: Workspace) -> None:
    link = setup.setup_link(workspace.settings)

    assert link is not None
    assert link.startswith("http://localhost:3000/setup?token=")
    token = link.partition("token=")[2]
    assert len(token) == 43
    with workspace.db.read() as session:
        rows = list(session.exec(select(SetupToken)))
    assert [row.token_hash for row in rows] == [hash_token(token)]


def test_a_new_link_makes_the_old_one_worthless(workspace: Workspace) -> None:
    old, new = new_token(workspace), new_token(workspace)

    assert not setup.token_is_good(old)
    assert setup.token_is_good(new)
    with pytest.raises(AccountError) as refused:
        setup.create_owner("ada@example.com", PASSWORD, token=old)
    assert refused.value.code == "setup_link_invalid"
    assert owners(workspace) == []


def test_the_owner_is_pro_and_the_token_is_used_up(workspace: Workspace) -> None:
    token = new_token(workspace)

    account = setup.create_owner("  Ada@Example.COM ", PASSWORD, token=token)

    assert (account.email, account.role, account.plan) == ("ada@example.com", "owner", "pro")
    assert not setup.setup_open()
    assert not setup.token_is_good(token)
    assert setup.setup_link(workspace.settings) is None


def test_a_second_owner_is_refused_also_from_the_command_line(workspace: Workspace) -> None:
    setup.create_owner("ada@example.com", PASSWORD)

    with pytest.raises(AccountError) as refused:
        setup.create_owner("grace@example.com", PASSWORD)
    assert refused.value.code == "owner_exists"
    assert len(owners(workspace)) == 1


def test_two_people_with_the_same_link_make_one_owner(workspace: Workspace) -> None:
    token = new_token(workspace)

    def create(email: str) -> bool:
        try:
            setup.create_owner(email, PASSWORD, token=token)
        except AccountError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(create, ["ada@example.com", "grace@example.com"]))

    assert sorted(outcomes) == [False, True]
    assert len(owners(workspace)) == 1


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.com", "ada@", "a b@example.com", "ada@ex\nample.com", "a@" + "x" * 250]
)
def test_what_is_no_e_mail_address_is_refused(workspace: Workspace, email: str) -> None:
    with pytest.raises(AccountError) as refused:
        setup.create_owner(email, PASSWORD)
    assert refused.value.code == "email_invalid"
    assert owners(workspace) == []

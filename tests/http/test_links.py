"""Joining by a link, and setting a new password by one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select, update
from structlog.testing import capture_logs

from sorceress_video.accounts import limits, team
from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.accounts.invitations import NewLink
from sorceress_video.http.identity import signed_in
from sorceress_video.library.tables import AccessLink, Account, utc_now
from tests.http.workspace import PASSWORD, Workspace, workspace

__all__ = ["workspace"]

JSON = {"Accept": "application/json"}


@pytest.fixture
def owner(workspace: Workspace, valkey: str) -> Account:
    workspace.configure(REDIS_URL=valkey)
    return workspace.add_account("owner@example.com", role="owner")


def token_of(link: NewLink) -> str:
    return link.address.partition("#")[2]


def form(link: NewLink | None, email: str = "bea@example.com", **more: str) -> dict[str, str]:
    token = token_of(link) if link else ""
    return {"token": token, "name": "Bea", "email": email, "password": PASSWORD, "again": PASSWORD, **more}


def invitation(owner: Account, **more: str) -> NewLink:
    return team.invite(owner.id, **{"role": "member", "plan": "free", "days": 7, **more})  # type: ignore[arg-type]


def people(workspace: Workspace) -> list[str]:
    with workspace.db.read() as session:
        return sorted(session.exec(select(Account.email)))


@pytest.mark.spec("A3")
async def test_an_invitation_makes_one_member_and_signs_them_in(workspace: Workspace, owner: Account) -> None:
    link = invitation(owner, role="admin", plan="pro")
    async with workspace.browser() as browser:
        welcome = await browser.post("/auth/link", json={"kind": "invitation", "token": token_of(link)})
        joined = await browser.post("/auth/join", json=form(link), headers=JSON)
        again = await browser.post("/auth/join", json=form(link, "eve@example.com"), headers=JSON)

    assert welcome.json() == {"email": "", "name": ""}
    assert joined.status_code == 200
    member = signed_in(joined.headers["set-cookie"])
    assert member is not None
    assert (member.email, member.name, member.role, member.plan) == ("bea@example.com", "Bea", "admin", "pro")
    assert (again.status_code, again.json()["error"]["code"]) == (410, "link_used")
    assert people(workspace) == ["bea@example.com", "owner@example.com"]


@pytest.mark.spec("A3")
async def test_of_two_who_join_at_once_by_one_link_one_is_let_in(
    workspace: Workspace, owner: Account
) -> None:
    link = invitation(owner)
    async with workspace.browser() as browser:
        answers = await asyncio.gather(
            *[
                browser.post("/auth/join", json=form(link, f"{name}@example.com"), headers=JSON)
                for name in ("bea", "eve")
            ]
        )

    assert sorted(answer.status_code for answer in answers) == [200, 410]
    assert len(people(workspace)) == 2


@pytest.mark.spec("A3")
@pytest.mark.parametrize("state", ["used", "expired", "revoked", "unknown"])
async def test_a_link_that_is_no_good_says_why_and_what_to_do(
    workspace: Workspace, owner: Account, state: str
) -> None:
    link = invitation(owner)
    values = {"used": {"used_at": utc_now()}, "expired": {"expires_at": utc_now() - timedelta(seconds=1)}}
    if state == "revoked":
        assert team.revoke_invitation(owner.id, link.id)
        assert not team.revoke_invitation(owner.id, link.id)
    elif state in values:
        with workspace.db.write() as session:
            session.exec(update(AccessLink).values(**values[state]))
    token = "x" * 43 if state == "unknown" else token_of(link)
    async with workspace.browser() as browser:
        look = await browser.post("/auth/link", json={"kind": "invitation", "token": token}, headers=JSON)
        joined = await browser.post("/auth/join", json={**form(link), "token": token}, headers=JSON)

    assert look.status_code == joined.status_code
    assert look.json()["error"] == {"code": f"link_{state}", "message": SENTENCES[f"link_{state}"]}
    assert people(workspace) == ["owner@example.com"]


@pytest.mark.spec("A3")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"password": "short", "again": "short"}, "password_short"),
        ({"again": "something else"}, "password_mismatch"),
        ({"email": "no address"}, "email_invalid"),
        ({"email": "a\u200bb@example.com"}, "email_invalid"),
        ({"email": "OWNER@example.com"}, "email_taken"),
        ({"name": "x" * 300}, "name_long"),
        ({"name": " \u202e\u200b "}, "name_empty"),
        ({"name": ""}, "name_empty"),
    ],
)
async def test_a_slip_does_not_use_up_the_link(
    workspace: Workspace, owner: Account, more: dict[str, str], code: str
) -> None:
    link = invitation(owner)
    async with workspace.browser() as browser:
        slip = await browser.post("/auth/join", json={**form(link), **more}, headers=JSON)
        good = await browser.post("/auth/join", json=form(link), headers=JSON)

    assert slip.json()["error"]["code"] == code
    assert good.status_code == 200


@pytest.mark.spec("A3")
async def test_an_invitation_for_an_address_lets_nobody_else_in(workspace: Workspace, owner: Account) -> None:
    link = invitation(owner, email=" Bea@Example.com ")
    async with workspace.browser() as browser:
        welcome = await browser.post("/auth/link", json={"kind": "invitation", "token": token_of(link)})
        other = await browser.post("/auth/join", json=form(link, "eve@example.com"), headers=JSON)
        right = await browser.post("/auth/join", json=form(link, "BEA@example.com"), headers=JSON)

    assert welcome.json()["email"] == "bea@example.com"
    assert other.json()["error"]["code"] == "invited_other_email"
    assert right.status_code == 200


@pytest.mark.spec("A3")
async def test_nobody_joins_without_a_link_unless_registration_is_open(
    workspace: Workspace, owner: Account
) -> None:
    async with workspace.browser() as browser:
        shut = await browser.post("/auth/join", json=form(None), headers=JSON)
        workspace.configure(SORCERESS_OPEN_REGISTRATION="1")
        look = await browser.post("/auth/link", json={"kind": "invitation", "token": ""}, headers=JSON)
        opened = await browser.post("/auth/join", json=form(None), headers=JSON)
        wrong = await browser.post(
            "/auth/join", json={**form(None, "eve@example.com"), "token": "x" * 43}, headers=JSON
        )

    assert (shut.status_code, shut.json()["error"]["code"]) == (403, "registration_closed")
    assert look.status_code == 200
    member = signed_in(opened.headers["set-cookie"])
    assert member is not None
    assert (member.role, member.plan) == ("member", "free")
    assert wrong.json()["error"]["code"] == "link_unknown"


@pytest.mark.spec("A3")
async def test_guessing_links_is_slowed_down(workspace: Workspace, owner: Account) -> None:
    async with workspace.browser() as browser:
        for _ in range(limits.FREE_FOR_ADDRESS + 6):
            body = {**form(None), "token": "x" * 43}
            answer = await browser.post("/auth/join", json=body, headers=JSON)
            if answer.status_code == 429:
                break

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.spec("A3")
async def test_the_token_is_kept_by_its_hash_alone_and_is_in_no_log(
    workspace: Workspace, owner: Account
) -> None:
    with capture_logs() as logs:
        async with workspace.browser(workspace.cookie_for(owner)) as browser:
            made = await browser.post("/api/team/invitations", json={"days": "1"})
            page, _, token = made.json()["link"].partition("#")
            await browser.post("/auth/link", json={"kind": "invitation", "token": token})
            await browser.post("/auth/join", json={**form(None), "token": token}, headers=JSON)

    assert made.status_code == 201
    assert page == f"{workspace.settings.base_url}/join"
    assert len(token) == 43
    assert made.headers["cache-control"] == "no-store"
    assert token not in repr(logs)
    with workspace.db.read() as session:
        row = session.exec(select(AccessLink)).one()
        assert token not in repr(row.model_dump())


@pytest.mark.parametrize(
    "body",
    [
        {"role": "owner"},
        {"role": "root"},
        {"plan": "gold"},
        {"days": "365"},
        {"days": "-1"},
        {"days": "7.5"},
        {"days": "9" * 5000},
        {"email": "nonsense"},
        {"email": "owner@example.com"},
    ],
)
async def test_an_invitation_is_one_of_the_choices(
    workspace: Workspace, owner: Account, body: dict[str, str]
) -> None:
    async with workspace.browser(workspace.cookie_for(owner)) as browser:
        answer = await browser.post("/api/team/invitations", json=body, headers=JSON)

    assert answer.status_code in (400, 409)
    with workspace.db.read() as session:
        assert session.exec(select(AccessLink)).all() == []


@pytest.mark.spec("A4")
async def test_a_password_link_sets_the_password_once_and_ends_every_session(
    workspace: Workspace, owner: Account
) -> None:
    bea = workspace.add_account("bea@example.com")
    old = workspace.cookie_for(bea)
    first, link = team.password_link(owner.id, bea.id), team.password_link(owner.id, bea.id)
    new = {"password": "another harbour", "again": "another harbour"}
    async with workspace.browser() as browser:
        look = await browser.post("/auth/link", json={"kind": "password", "token": token_of(link)})
        stale = await browser.post("/auth/new-password", json={"token": token_of(first), **new}, headers=JSON)
        done = await browser.post("/auth/new-password", json={"token": token_of(link), **new}, headers=JSON)
        again = await browser.post("/auth/new-password", json={"token": token_of(link), **new}, headers=JSON)
        joined = await browser.post("/auth/join", json={**form(link), **new}, headers=JSON)
        entry = {"email": "bea@example.com", "password": new["password"]}
        assert (await browser.post("/auth/sign-in", json=entry, headers=JSON)).status_code == 200

    assert look.json()["email"] == "bea@example.com"
    assert stale.json()["error"]["code"] == "link_revoked"
    assert done.status_code == 200
    assert signed_in(f"sorceress={old['sorceress']}") is None
    assert again.json()["error"]["code"] == "link_used"
    assert joined.json()["error"]["code"] == "link_unknown"


async def test_a_password_link_is_worth_nothing_once_its_member_is_deactivated(
    workspace: Workspace, owner: Account
) -> None:
    bea = workspace.add_account("bea@example.com")
    link = team.password_link(owner.id, bea.id)
    team.deactivate(owner.id, bea.id)
    async with workspace.browser() as browser:
        body = {"token": token_of(link), "password": "another harbour"}
        answer = await browser.post("/auth/new-password", json=body, headers=JSON)

    assert answer.json()["error"]["code"] == "link_revoked"

"""The team page's events, and how fast a right that was taken away is gone."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest
from redis import Redis
from sqlmodel import select

from sorceress_video.accounts import provider_keys, team
from sorceress_video.http.identity import signed_in_async
from sorceress_video.jobs.hints import CHANNEL, Hint
from sorceress_video.library import accounts
from sorceress_video.library.tables import AccessLink, Account, Clip
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.model_panel.upgrade import UpgradeState
from sorceress_video.ui.pages.settings.profile import ProfileState
from sorceress_video.ui.pages.settings.providers import ProvidersState
from sorceress_video.ui.team.state import TeamState
from tests.http.workspace import Workspace, workspace
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]


class Desk:
    """Tabs of several people before one workspace, one at a time."""

    def __init__(self, deployment: Workspace, valkey: str, patch: pytest.MonkeyPatch) -> None:
        self.deployment = deployment
        self.valkey, self._patch = valkey, patch

    def cookie(self, account: Account) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.deployment.cookie_for(account).items())

    def tab(self, account: Account) -> AbstractAsyncContextManager[Tab]:
        return open_tab(self.cookie(account), self.valkey, self._patch, account.id)

    def now(self, account: Account) -> Account:
        found = accounts.account_by_id(self.deployment.db, account.id)
        assert found is not None
        return found


@pytest.fixture
def desk(workspace: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    workspace.configure(REDIS_URL=valkey)
    return Desk(workspace, valkey, monkeypatch)


@pytest.fixture
def owner(desk: Desk) -> Account:
    return desk.deployment.add_account("owner@example.com", role="owner")


@pytest.fixture
def bea(desk: Desk) -> Account:
    return desk.deployment.add_account("bea@example.com")


@pytest.mark.spec("A6")
async def test_a_member_finds_no_team_page(desk: Desk, owner: Account, bea: Account) -> None:
    async with desk.tab(bea) as tab:
        await tab.send(TeamState.enter)
        shown = page(tab, TeamState)

        assert (shown["known"], shown["allowed"], shown["members"]) == (True, False, [])
        assert "owner@example.com" not in repr(tab.shown)
        await tab.send(FrameState.enter)
        assert page(tab, FrameState)["may_manage"] is False


async def test_the_owner_sees_everybody_and_changes_are_there_at_once(
    desk: Desk, owner: Account, bea: Account
) -> None:
    async with desk.tab(owner) as tab:
        await tab.send(TeamState.enter)
        assert {line["email"] for line in page(tab, TeamState)["members"]} == {
            "owner@example.com",
            "bea@example.com",
        }

        await tab.send(TeamState.change_role, bea.id, "admin")
        await tab.send(TeamState.change_plan, bea.id, "pro")
        await tab.send(TeamState.change_budget, bea.id, "12.50")
        await tab.send(TeamState.change_question, bea.id, "3")
        line = next(line for line in page(tab, TeamState)["members"] if line["id"] == bea.id)

        assert (line["role"], line["plan"], line["budget"], line["budget_line"]) == (
            "admin",
            "pro",
            "12.50",
            "$12.50 left",
        )
        assert line["asks_above"] == "3.00"
        assert desk.now(bea).confirm_above_micro_usd == 3_000_000


@pytest.mark.parametrize("typed", ["-1", "1e9", "NaN"])
async def test_a_refused_budget_is_said_and_the_field_shows_what_is(
    desk: Desk, owner: Account, bea: Account, typed: str
) -> None:
    async with desk.tab(owner) as tab:
        await tab.send(TeamState.enter)
        await tab.send(TeamState.change_budget, bea.id, typed)

        assert page(tab, TeamState)["refusals"] == 1
        assert desk.now(bea).budget_micro_usd is None


async def test_a_right_that_is_taken_away_is_gone_at_the_next_event(desk: Desk, owner: Account) -> None:
    adam = desk.deployment.add_account("adam@example.com", role="admin")
    async with desk.tab(adam) as theirs:
        await theirs.send(TeamState.enter)
        assert page(theirs, TeamState)["allowed"]
    async with desk.tab(owner) as mine:
        await mine.send(TeamState.enter)
        await mine.send(TeamState.change_role, adam.id, "member")
    async with desk.tab(adam) as theirs:
        await theirs.send(TeamState.change_plan, adam.id, "pro")
        shown = page(theirs, TeamState)

    assert (shown["allowed"], shown["members"]) == (False, [])
    assert desk.now(adam).plan == "free"


@pytest.mark.parametrize(("clips", "status"), [("cancel", "cancelled"), ("finish", "queued")])
async def test_deactivating_shuts_out_at_once_and_does_with_clips_as_asked(
    desk: Desk, owner: Account, bea: Account, clips: str, status: str
) -> None:
    _, clip_id = desk.deployment.add_clip(bea)
    with desk.deployment.db.write() as session:
        session.get_one(Clip, clip_id).status = "queued"
    cookie = desk.cookie(bea)
    assert await signed_in_async(cookie) is not None
    async with desk.tab(owner) as tab:
        await tab.send(TeamState.enter)
        await tab.send(TeamState.ask, bea.id, "deactivate")
        assert page(tab, TeamState)["subject"]["active_line"] == "1 clip is in the making."

        with Redis.from_url(desk.valkey) as redis, redis.pubsub() as heard:
            heard.subscribe(CHANNEL)
            heard.get_message(timeout=5)
            await tab.send(TeamState.deactivate, clips)
            message = await asyncio.to_thread(heard.get_message, timeout=5)

        assert message is not None
        assert Hint.model_validate_json(message["data"]) == Hint(kind="ended", account=bea.id)
        assert await signed_in_async(cookie) is None
        with desk.deployment.db.read() as session:
            assert session.get_one(Clip, clip_id).status == status
        await tab.send(TeamState.reactivate, bea.id)
        assert desk.now(bea).disabled_at is None


@pytest.mark.spec("A3")
async def test_an_open_invitation_is_listed_and_revoked(desk: Desk, owner: Account) -> None:
    link = team.invite(owner.id, role="admin", plan="pro", days=1, email="cleo@example.com")
    async with desk.tab(owner) as tab:
        await tab.send(TeamState.enter)
        assert [line["whom"] for line in page(tab, TeamState)["invitations"]] == ["cleo@example.com"]
        assert link.address.partition("#")[2] not in repr(tab.shown)

        await tab.send(TeamState.revoke_invitation, link.id)
        assert page(tab, TeamState)["invitations"] == []
        with desk.deployment.db.read() as session:
            assert session.exec(select(AccessLink)).one().revoked_at is not None


@pytest.mark.spec("A5")
@pytest.mark.parametrize(
    ("verdict", "outcome"), [("grant", ("pro", "granted")), ("decline", ("free", "declined"))]
)
async def test_a_request_for_pro_goes_to_the_admins_and_comes_back_with_their_word(
    desk: Desk, owner: Account, bea: Account, verdict: str, outcome: tuple[str, str]
) -> None:
    async with desk.tab(bea) as theirs:
        await theirs.send(UpgradeState.enter)
        assert page(theirs, UpgradeState)["plan"] == "free"
        await theirs.send(UpgradeState.send, {"note": "For the trailer."})
        await theirs.send(UpgradeState.send, {"note": "For the trailer."})
        assert page(theirs, UpgradeState)["request"] == "open"
    async with desk.tab(owner) as mine:
        await mine.send(FrameState.enter)
        assert page(mine, FrameState)["open_requests"] == 1
        await mine.send(TeamState.enter)
        (request,) = page(mine, TeamState)["requests"]
        assert request["note"] == "For the trailer."
        await mine.send(TeamState.decide, request["id"], verdict, "Until Friday.")
        assert page(mine, FrameState)["open_requests"] == 0
    async with desk.tab(bea) as theirs:
        await theirs.send(UpgradeState.enter)
        shown = page(theirs, UpgradeState)

    assert (desk.now(bea).plan, shown["request"]) == outcome
    assert shown["answer"] == "Until Friday."


@pytest.mark.spec("A4")
async def test_a_name_is_changed_or_said_why_not(desk: Desk, bea: Account) -> None:
    async with desk.tab(bea) as tab:
        await tab.send(ProfileState.load)
        await tab.send(ProfileState.rename, "  Bea \u202e Lind\x07qvist ")
        assert page(tab, ProfileState)["name"] == desk.now(bea).name == "Bea Lindqvist"
        await tab.send(ProfileState.rename, "x" * 300)
        assert page(tab, ProfileState)["refused"]
        assert desk.now(bea).name == "Bea Lindqvist"


async def test_admins_see_which_keys_are_there_and_nobody_sees_a_key(
    desk: Desk, owner: Account, bea: Account
) -> None:
    desk.deployment.configure(FAL_KEY="a-very-secret-key")
    async with desk.tab(bea) as theirs:
        await theirs.send(ProvidersState.load)
        assert page(theirs, ProvidersState).get("lines", []) == []
    async with desk.tab(owner) as mine:
        await mine.send(ProvidersState.load)
        states = {line["id"]: line["state"] for line in page(mine, ProvidersState)["lines"]}
        assert states == {"sandbox": "Needs no key", "fal": "Key from FAL_KEY"}
        assert "a-very-secret-key" not in repr(mine.shown)


async def test_only_who_runs_the_team_removes_an_entered_key(
    desk: Desk, owner: Account, bea: Account
) -> None:
    provider_keys.keep(owner.id, "fal", "an-entered-key-of-some-length")
    async with desk.tab(bea) as theirs:
        await theirs.send(ProvidersState.remove, "fal")
        await theirs.send(ProvidersState.ask_to_remove, "fal")
        assert "removing" not in page(theirs, ProvidersState)
    async with desk.tab(owner) as mine:
        await mine.send(ProvidersState.load)
        entered = next(line for line in page(mine, ProvidersState)["lines"] if line["id"] == "fal")
        assert entered["state"] == "Key …ngth"
        assert entered["detail"].startswith("Set by Ada on ")
        assert entered["ready"]
        await mine.send(ProvidersState.ask_to_remove, "fal")
        assert page(mine, ProvidersState)["removing"] == "fal"
        await mine.send(ProvidersState.remove, "fal")
        gone = next(line for line in page(mine, ProvidersState)["lines"] if line["id"] == "fal")
        assert (gone["state"], gone["ready"], gone["takes_key"]) == ("No key", False, True)
        assert "an-entered-key" not in repr(mine.shown)

"""What a member sees of their own account: where they are signed in, and the month's money."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sorceress_video.accounts import sessions
from sorceress_video.http.identity import forget_members
from sorceress_video.library import ledger, preferences
from sorceress_video.library.tables import Account, LedgerEntry
from sorceress_video.ui.frame.state import PANELS, FrameState
from sorceress_video.ui.pages.settings.sessions import SessionsState
from sorceress_video.ui.pages.settings.spending import SpendingState
from sorceress_video.ui.prompt_panel.state import PromptState
from tests.http.workspace import Workspace, workspace
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey)
    return workspace


@pytest.fixture
def ada(deployment: Workspace) -> Account:
    return deployment.add_account()


@pytest.fixture
async def tab(
    deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    cookie = "; ".join(f"{name}={value}" for name, value in deployment.cookie_for(ada).items())
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        yield opened


@pytest.mark.spec("A4")
async def test_the_list_of_sessions_names_each_browser_and_marks_this_one(tab: Tab, ada: Account) -> None:
    sessions.open_session(ada.id, user_agent=FIREFOX, address="192.0.2.7")
    await tab.send(SessionsState.load)
    lines = page(tab, SessionsState)["lines"]
    assert len(lines) == 2
    assert [line["is_current"] for line in lines].count(True) == 1
    other = next(line for line in lines if not line["is_current"])
    assert other["name"] == "Firefox 140 on Linux"
    assert "192.0.2.7" in other["detail"]


@pytest.mark.spec("A4")
async def test_another_browser_is_signed_out_from_here_and_this_one_is_not(tab: Tab, ada: Account) -> None:
    token = sessions.open_session(ada.id, user_agent=FIREFOX, address="192.0.2.7")
    await tab.send(SessionsState.load)
    for line in page(tab, SessionsState)["lines"]:
        await tab.send(SessionsState.end, line["id"])
    forget_members()
    assert sessions.find_session(token) is None
    await tab.send(SessionsState.load)
    assert [line["is_current"] for line in page(tab, SessionsState)["lines"]] == [True]


@pytest.mark.spec("A6")
async def test_nobody_ends_anothers_session(tab: Tab, deployment: Workspace) -> None:
    bea = deployment.add_account("bea@example.com")
    token = sessions.open_session(bea.id, user_agent=FIREFOX, address="")
    found = sessions.find_session(token)
    assert found is not None
    await tab.send(SessionsState.end, found[0])
    assert sessions.find_session(token) is not None


@pytest.mark.spec("P9")
async def test_the_months_money_stands_beside_the_estimate_where_a_budget_is_set(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    await tab.send(PromptState.enter)
    assert page(tab, PromptState)["budget"]["spent"] == ""
    with deployment.db.write() as session:
        session.get_one(Account, ada.id).budget_micro_usd = 200_000_000
        session.add(
            LedgerEntry(
                account_id=ada.id,
                clip_id="c",
                attempt=1,
                kind="charge",
                micro_usd=68_100_000,
                month=f"{ada.created_at:%Y-%m}",
            )
        )
    await tab.send(PromptState.count_money)
    budget = page(tab, PromptState)["budget"]
    assert budget["spent"].startswith("$68.10 spent · resets 1 ")
    assert budget["left"] == "$131.90 left of $200.00"
    assert budget["share"] == "34.1%"


# --- asking before a large sum


@pytest.mark.spec("P9")
@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("5", 5_000_000, "5.00"),
        (" $2.50 ", 2_500_000, "2.50"),
        ("0,5", 500_000, "0.50"),
        ("0", 0, "0.00"),
        ("", None, ""),
    ],
)
async def test_a_limit_is_kept_with_the_account(  # noqa: PLR0917
    tab: Tab, deployment: Workspace, ada: Account, typed: str, kept: int | None, shown: str
) -> None:
    await tab.send(SpendingState.load)
    await tab.send(SpendingState.keep, typed)
    section = page(tab, SpendingState)
    assert section["amount"] == shown
    assert section["answer"].startswith("Saved: ")
    assert ledger.ask_limit(deployment.db, ada.id).micro_usd == kept


@pytest.mark.parametrize("typed", ["a lot", "-1", "1e9", "NaN", "Infinity", "9" * 5000, "1/3"])
async def test_what_is_no_amount_is_refused_in_words_and_changes_nothing(
    tab: Tab, deployment: Workspace, ada: Account, typed: str
) -> None:
    await tab.send(SpendingState.keep, "5")
    await tab.send(SpendingState.keep, typed)
    section = page(tab, SpendingState)
    assert section["refused"]
    assert section["answer"].startswith("Type an amount")
    assert ledger.ask_limit(deployment.db, ada.id).micro_usd == 5_000_000


async def test_an_admins_limit_is_shown_beside_the_own(tab: Tab, deployment: Workspace, ada: Account) -> None:
    with deployment.db.write() as session:
        session.get_one(Account, ada.id).confirm_above_micro_usd = 3_000_000
    await tab.send(SpendingState.load)
    assert "$3.00" in page(tab, SpendingState)["admin_line"]


async def test_nobody_who_is_signed_out_sets_a_limit(
    deployment: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_tab("", valkey, monkeypatch) as visitor:
        events = await visitor.send(SpendingState.keep, "5")
        assert "/sign-in" in str([event.payload for event in events])


# --- folded panels


@pytest.mark.spec("P12")
async def test_folded_panels_are_kept_with_the_account(tab: Tab, deployment: Workspace, ada: Account) -> None:
    await tab.send(FrameState.enter)
    assert page(tab, FrameState).get("folded", {}) == {}
    await tab.send(FrameState.keep_panel, "left", True)
    await tab.send(FrameState.keep_panel, "attic", True)
    await tab.send(FrameState.enter)
    assert page(tab, FrameState)["folded"] == {"left": True}
    preferences.save(deployment.db, ada.id, PANELS, {"left": "yes", "right": False, "attic": True})
    await tab.send(FrameState.enter)
    assert page(tab, FrameState)["folded"] == {"right": False}


async def test_a_visitors_panels_are_the_browsers_own(
    deployment: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_tab("", valkey, monkeypatch) as visitor:
        assert await visitor.send(FrameState.keep_panel, "left", True) == []

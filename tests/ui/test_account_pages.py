"""What a member sees of their own account: where they are signed in, and the month's money."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sorceress_video.accounts import sessions
from sorceress_video.http.identity import forget_members
from sorceress_video.library.tables import Account, LedgerEntry
from sorceress_video.ui.pages.settings.sessions import SessionsState
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
    assert page(tab, PromptState)["budget"]["line"] == ""
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
    assert budget["line"] == "$68.10 of $200.00 this month"
    assert budget["resets"].startswith("resets 1 ")
    assert budget["share"] == "34.1%"

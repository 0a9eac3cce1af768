"""Walks every event of every page's state with everybody who might send it. The list makes itself.

Each event is sent with ids of somebody else's things: signed out, by a deactivated member, by another member,
and by an admin. Nothing of theirs may change or come back. What passes signed out must
be named here, so that a new one fails until somebody has thought of it.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any, get_type_hints

import pytest
from reflex.event import EventHandler
from reflex.state import BaseState, State
from sqlmodel import select

import sorceress_video.sorceress_video  # noqa: F401 - knows all pages, and with them all states
from sorceress_video.accounts import sessions, team
from sorceress_video.http.session_guard import is_public
from sorceress_video.library import team as team_rows
from sorceress_video.library.tables import Account, metadata
from tests.http.workspace import Workspace
from tests.ui.tab import Tab, open_tab

# They show the demo or the way in, or change only what the tab itself chose.
PUBLIC = {
    "CompareState": {"enter"},
    "FrameState": {"enter", "enter_account_page", "keep_panel", "part"},
    "GalleryState": {"load", "refresh", "follow", "look", "hold", "come_back", "find", "show", "arrange"},
    "LightboxState": {"enter", "open"},
    "ModelPanelState": {
        "enter",
        "choose_source",
        "open_settings",
        "close_settings",
        "change_setting",
        "slide_setting",
        "reset_setting",
        "reset_settings",
        "open_info",
        "close_info",
    },
    "PromptState": {
        "enter",
        "count_money",
        "toggle_model",
        "leave_out",
        "clear_models",
        "choose_mode",
        "sync_text",
        "read_history",
    },
    "QueueState": {"load", "refresh", "follow"},
    "TeamState": {"enter"},
    "ToastState": {"seen", "act"},
    "UpgradeState": {"enter"},
}
ADMINS = {"TeamState"}
"""States whose events are for admins, who may change the team: `tests/accounts/test_team.py` says how."""

SECRET = "a secret harbour"


def _states(parent: type[BaseState]) -> Iterator[type[BaseState]]:
    for child in parent.get_substates():
        if child.__module__.startswith("sorceress_video."):
            yield child
        yield from _states(child)


STATES = sorted(_states(State), key=lambda state: state.__name__)


def events_of(state: type[BaseState]) -> dict[str, EventHandler]:
    return {name: handler for name, handler in state.event_handlers.items() if name != "setvar"}


def public_events_of(state: type[BaseState]) -> set[str]:
    return {name for name in state.event_handlers if is_public(f"{state.get_full_name()}.{name}")}


@pytest.mark.spec("A6")
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_passes_signed_out_is_named(state: type[BaseState]) -> None:
    assert public_events_of(state) == PUBLIC.get(state.__name__, set())


class Victim:
    """A member with something of everything, and the ids of it."""

    def __init__(self, deployment: Workspace) -> None:
        self._db = deployment.db
        self.account = deployment.add_account("victim@example.com", role="admin")
        asset, clip = deployment.add_clip(self.account)
        token = sessions.open_session(self.account.id, user_agent="", address="")
        session = sessions.find_session(token)
        assert session is not None
        invitation = team.invite(self.account.id, role="member", plan="free", days=7)
        asker = deployment.add_account("asker@example.com")
        team.ask_for_pro(asker.id, SECRET)
        request = team_rows.last_request(self._db, asker.id)
        assert request is not None
        self.ids = {
            "asset_id": asset,
            "clip_id": clip,
            "session_id": session[0],
            "account_id": self.account.id,
            "link_id": invitation.id,
            "request_id": request.id,
            "argument": clip,
        }
        self._of = (self.account.id, asker.id)

    def everything(self) -> dict[str, list[Any]]:
        """Every row of theirs in every table."""
        found = {}
        with self._db.read() as session:
            for table in metadata.sorted_tables:
                owner = table.c.get("account_id") if table.name != "account" else table.c.id
                owner = table.c.made_by if table.name == "access_link" else owner
                if owner is not None:
                    rows = session.exec(select(table).where(owner.in_(self._of)))  # type: ignore[call-overload]
                    found[table.name] = sorted(map(repr, rows))
        return found

    def arguments(self, handler: EventHandler) -> list[Any]:
        """What somebody sends who knows all of their ids."""
        hints = get_type_hints(handler.fn)
        wanted = list(inspect.signature(handler.fn).parameters)[1:]
        return [self._argument(name, hints.get(name, str)) for name in wanted]

    def _argument(self, name: str, kind: object) -> Any:
        one = self.ids.get(name, self.ids.get(f"{name.removesuffix('s')}", "owner"))
        if name.endswith("_ids") or name == "ids":
            return [self.ids["clip_id"]]
        for known, value in ((bool, True), (int, 0), (float, 1.0)):
            if kind is known:
                return value
        return {} if "dict" in str(kind) else one


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey)
    return workspace


@pytest.fixture
def victim(deployment: Workspace) -> Victim:
    return Victim(deployment)


def cookie_of(deployment: Workspace, account: Account) -> str:
    return "; ".join(f"{name}={value}" for name, value in deployment.cookie_for(account).items())


@pytest.fixture
async def tab(
    request: pytest.FixtureRequest,
    deployment: Workspace,
    victim: Victim,
    valkey: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Tab]:
    """A tab of whoever the test names."""
    cookie = ""
    if request.param != "signed out":
        role = "admin" if request.param == "admin" else "member"
        account = deployment.add_account("other@example.com", role=role)
        cookie = cookie_of(deployment, account)
        if request.param == "deactivated":
            team.deactivate(victim.account.id, account.id)
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        yield opened


@pytest.mark.spec("A6")
@pytest.mark.parametrize("tab", ["signed out", "deactivated"], indirect=True)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_without_an_account_an_event_is_answered_by_the_way_to_sign_in(
    tab: Tab, victim: Victim, state: type[BaseState]
) -> None:
    before = victim.everything()
    for name, handler in events_of(state).items():
        told = await tab.send(handler, *victim.arguments(handler))
        if name not in public_events_of(state):
            assert [event.payload.get("path") for event in told] == ["/sign-in"], name

    assert victim.everything() == before
    assert SECRET not in repr(tab.shown)


@pytest.mark.spec("A6")
@pytest.mark.parametrize(
    ("tab", "state"),
    [
        pytest.param(who, state, id=f"{who}-{state.__name__}")
        for who in ("another member", "admin")
        for state in STATES
        # What an admin may do to the team has tests of its own.
        if not (who == "admin" and state.__name__ in ADMINS)
    ],
    indirect=["tab"],
)
async def test_with_anothers_ids_an_event_neither_shows_nor_changes_anything_of_theirs(
    tab: Tab, victim: Victim, state: type[BaseState]
) -> None:
    before = victim.everything()
    for handler in events_of(state).values():
        await tab.send(handler, *victim.arguments(handler))

    assert victim.everything() == before
    assert SECRET not in repr(tab.shown)
    assert "victim@example.com" not in repr(tab.shown)

"""Every event of the pages is a network endpoint: who may call it, and whose state they get to see.

The events run through Reflex's own processor with its state in a real Valkey, where only a part of a tab's
state is loaded for an event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx
from redis.asyncio import Redis
from reflex.app_mixins.middleware import MiddlewareMixin
from reflex.istate.manager.redis import StateManagerRedis
from reflex.middleware import HydrateMiddleware
from reflex.state import State, StateUpdate
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from sorceress_video.http.session_guard import SessionGuard, is_public, public_event
from sorceress_video.library import accounts
from sorceress_video.library.tables import Account
from tests.http.workspace import Workspace, forget_everything


class GuardedDiary(rx.State):
    """What a member typed into a tab."""

    text: str = ""

    @rx.event
    def write(self, text: str):
        self.text = text

    def helper_that_somebody_forgot_to_hide(self):
        self.text = "called"


class GuardedDrawer(GuardedDiary):
    """A state below another one, which an event of a sibling does not load."""

    hidden: str = ""

    @rx.event
    def hide(self, text: str):
        self.hidden = text


class GuardedDemo(rx.State):
    """What everybody may use."""

    plays: int = 0

    @rx.event
    @public_event
    def play(self):
        self.plays += 1

    @rx.event(background=True)
    @public_event
    async def play_later(self):
        async with self:
            self.plays += 10


class Browser:
    """Sends events as tabs do, and collects what is sent back to them."""

    def __init__(self, processor: BaseStateEventProcessor) -> None:
        self._processor = processor
        self.sent: list[StateUpdate] = []

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        self.sent.append(update)

    async def send(
        self, name: str, cookie: str = "", *, tab: str = "tab", **payload: Any
    ) -> list[StateUpdate]:
        self.sent.clear()
        router = {
            "token": tab,
            "sid": f"socket of {cookie}",
            "ip": "127.0.0.1",
            "pathname": "/",
            "asPath": "/",
            "query": {},
            "headers": {"cookie": cookie, "origin": "http://localhost:3000"},
        }
        done = await self._processor.enqueue(tab, Event(name=name, payload=payload, router_data=router))
        await done.wait_all()
        return list(self.sent)


async def _no_page(*_: object) -> None:
    return None


@pytest.fixture
async def browser(
    workspace: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Browser]:
    """A browser in front of a processor with the guard, as the app has it."""
    async with Redis.from_url(valkey) as redis:
        manager = StateManagerRedis(redis=redis, token_expiration=60)
        middleware = MiddlewareMixin()
        middleware.add_middleware(HydrateMiddleware())
        middleware.add_middleware(SessionGuard(), index=0)
        # A tab's first event also loads the page, for which there would have to be an app.
        monkeypatch.setattr(BaseStateEventProcessor, "_rehydrate", _no_page)
        processor = BaseStateEventProcessor(middleware=middleware)
        made = Browser(processor)
        processor.configure(state_manager=manager, event_namespace=made)  # type: ignore[arg-type]
        async with processor:
            yield made
        await manager.close()


@pytest.fixture
def ada(workspace: Workspace) -> Account:
    return workspace.add_account()


def cookie_of(workspace: Workspace, account: Account) -> str:
    return "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(account).items())


def event_name(state: type[State], handler: str) -> str:
    return f"{state.get_full_name()}.{handler}"


HYDRATE = event_name(State, "hydrate")
WRITE = event_name(GuardedDiary, "write")
HIDE = event_name(GuardedDrawer, "hide")
PLAY = event_name(GuardedDemo, "play")


def text_of(sent: list[StateUpdate]) -> str:
    return repr([(update.delta, update.events) for update in sent])


def redirects(sent: list[StateUpdate]) -> list[str]:
    return [event.payload["path"] for update in sent for event in update.events if event.name == "_redirect"]


async def test_a_member_may_call_events(workspace: Workspace, ada: Account, browser: Browser) -> None:
    sent = await browser.send(WRITE, cookie_of(workspace, ada), text="dear diary")

    assert "dear diary" in text_of(sent)
    assert redirects(sent) == []


@pytest.mark.parametrize("cookie", ["", "sorceress=", "sorceress=" + "x" * 43])
@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (WRITE, {"text": "intruder"}),
        (event_name(GuardedDiary, "helper_that_somebody_forgot_to_hide"), {}),
        (event_name(GuardedDiary, "setvar"), {"var_name": "text", "value": "intruder"}),
        (event_name(State, "setvar"), {"var_name": "is_hydrated", "value": True}),
    ],
)
async def test_who_is_not_signed_in_is_sent_to_sign_in(
    workspace: Workspace, browser: Browser, cookie: str, name: str, payload: dict[str, Any]
) -> None:
    sent = await browser.send(name, cookie, **payload)

    assert redirects(sent) == ["/sign-in"]
    assert "intruder" not in text_of(sent)
    assert "intruder" not in text_of(await browser.send(HYDRATE, cookie))


async def test_what_is_marked_public_works_signed_out(workspace: Workspace, browser: Browser) -> None:
    await browser.send(PLAY)
    sent = await browser.send(event_name(GuardedDemo, "play_later"))

    assert redirects(sent) == []
    assert "11" in text_of(sent)


async def test_the_page_itself_loads_signed_out(workspace: Workspace, browser: Browser) -> None:
    sent = await browser.send(HYDRATE)

    assert redirects(sent) == []
    assert GuardedDiary.get_full_name() in text_of(sent)


async def test_a_stolen_tab_token_shows_nothing_without_the_cookie(
    workspace: Workspace, ada: Account, browser: Browser
) -> None:
    await browser.send(WRITE, cookie_of(workspace, ada), text="dear diary")

    assert "dear diary" not in text_of(await browser.send(HYDRATE))
    # The thief's visit has emptied it for good, in Valkey, too.
    assert "dear diary" not in text_of(await browser.send(HYDRATE, cookie_of(workspace, ada)))


@pytest.mark.parametrize("first", [HYDRATE, PLAY])
async def test_a_stolen_tab_token_shows_nothing_to_another_member(
    workspace: Workspace, ada: Account, browser: Browser, first: str
) -> None:
    grace = workspace.add_account("grace@example.com")
    mine, theirs = cookie_of(workspace, ada), cookie_of(workspace, grace)
    await browser.send(WRITE, mine, text="dear diary")
    await browser.send(HIDE, mine, text="at the bottom of the drawer")

    seen = [await browser.send(first, theirs), await browser.send(HYDRATE, theirs)]

    assert "dear diary" not in repr([text_of(sent) for sent in seen])
    assert "bottom of the drawer" not in repr([text_of(sent) for sent in seen])


async def test_ones_own_tab_keeps_its_state_over_a_reconnect(
    workspace: Workspace, ada: Account, browser: Browser
) -> None:
    await browser.send(WRITE, cookie_of(workspace, ada), text="dear diary")

    assert "dear diary" in text_of(await browser.send(HYDRATE, cookie_of(workspace, ada)))


async def test_what_was_chosen_before_signing_in_stays(
    workspace: Workspace, ada: Account, browser: Browser
) -> None:
    await browser.send(PLAY)
    sent = await browser.send(PLAY, cookie_of(workspace, ada))

    assert "2" in repr([update.delta.get(GuardedDemo.get_full_name()) for update in sent])


async def test_an_open_page_loses_its_rights_when_the_session_ends(
    workspace: Workspace, ada: Account, browser: Browser
) -> None:
    cookie = cookie_of(workspace, ada)
    await browser.send(WRITE, cookie, text="dear diary")
    accounts.disable(workspace.db, ada.id)
    forget_everything()

    sent = await browser.send(WRITE, cookie, text="still here")

    assert redirects(sent) == ["/sign-in"]
    assert "dear diary" not in text_of(sent)
    assert "still here" not in text_of(sent)


async def test_another_tab_is_another_state(workspace: Workspace, ada: Account, browser: Browser) -> None:
    cookie = cookie_of(workspace, ada)
    await browser.send(WRITE, cookie, tab="one", text="dear diary")

    assert "dear diary" not in text_of(await browser.send(HYDRATE, cookie, tab="two"))


@pytest.mark.parametrize(
    ("name", "public"),
    [
        (PLAY, True),
        (WRITE, False),
        (HYDRATE, False),
        (event_name(GuardedDemo, "setvar"), False),
        ("", False),
        ("no.such.state", False),
        (State.get_full_name() + ".__class__", False),
    ],
)
def test_only_what_is_marked_is_public(name: str, public: bool) -> None:
    assert is_public(name) is public

"""The own sessions: where one is signed in, and a way to end each."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import reflex as rx

from sorceress_video.accounts.sessions import SessionInfo, close_own_session, list_sessions
from sorceress_video.http.identity import forget_members
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.pages.settings.section import section

_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SessionLine:
    """One signed-in browser as the list shows it."""

    id: str
    name: str
    detail: str
    is_current: bool


class SessionsState(rx.State):
    """The browsers in which the account is signed in."""

    lines: list[SessionLine] = []

    @rx.event
    async def load(self):
        """Read the list."""
        member = await member_of(self)
        if member is None:
            self.lines = []
            return
        found = await asyncio.to_thread(list_sessions, member.account_id, member.session_id)
        self.lines = [line_of(session) for session in found]

    @rx.event
    async def end(self, session_id: str):
        """Sign one browser out; only a session of the own account ends."""
        member = await member_of(self)
        if member is None or session_id == member.session_id:
            return None
        await asyncio.to_thread(close_own_session, member.account_id, session_id[:64])
        forget_members()
        return SessionsState.load


def line_of(session: SessionInfo) -> SessionLine:
    """A session in words: which browser on which system, where from and when."""
    agent = session.user_agent
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    version = re.search(r"(?:Edg|Firefox|Chrome|Version)/(\d+)", agent)
    name = f"{browser} {version[1]}" if version else browser
    seen = "in use now" if session.is_current else f"last seen {_day(session.seen_at)}"
    parts = [session.address, f"since {_day(session.created_at)}", seen]
    return SessionLine(
        session.id,
        f"{name} on {system}" if system else name,
        " · ".join(part for part in parts if part),
        session.is_current,
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def sessions() -> rx.Component:
    """The list, with a button for each browser but this one."""
    return section(
        "Where you are signed in",
        rx.el.ul(
            rx.foreach(SessionsState.lines, _line),
            class_name="flex flex-col divide-y divide-line -mt-3",
            data_testid="sessions",
        ),
        kit.plain_form(
            kit.button(
                "Sign out everywhere",
                variant="secondary",
                icon="monitor-off",
                type="submit",
                data_testid="settings-sign-out-everywhere",
            ),
            action="/auth/sign-out-everywhere",
        ),
        id="sessions",
        line="End what you do not know, then change your password.",
    )


def _line(line: rx.Var[SessionLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(line.name, class_name="text-base text-text-1 truncate"),
            rx.el.p(line.detail, class_name="text-sm text-text-3 text-pretty"),
            class_name="min-w-0",
        ),
        rx.cond(
            line.is_current,
            kit.chip("This browser"),
            kit.button(
                "Sign out",
                variant="secondary",
                on_click=SessionsState.end(line.id),
                data_testid="session-end",
                aria_label=f"Sign out {line.name}",
            ),
        ),
        class_name="flex items-center justify-between gap-3 py-3",
        key=line.id,
    )

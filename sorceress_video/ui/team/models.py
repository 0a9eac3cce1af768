"""What the team page shows, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MemberLine:
    """One member in the list."""

    id: str
    name: str
    email: str
    role: str
    plan: str
    spent: str
    budget: str
    """What may be spent in a month, as it would be typed; empty for no limit."""
    budget_line: str
    asks_above: str
    """Above which sum in dollars one click asks first, as it would be typed; empty for never."""
    share: str
    """Width of the bar of what is spent, in percent."""
    over: bool
    seen: str
    active: int
    disabled: bool
    is_self: bool
    locked: bool
    """An owner, seen by somebody who is none."""


@dataclass(frozen=True)
class InvitationLine:
    """One invitation that can still be used."""

    id: str
    whom: str
    detail: str


@dataclass(frozen=True)
class RequestLine:
    """One request for Pro that waits."""

    id: str
    name: str
    email: str
    note: str
    asked: str


@dataclass(frozen=True)
class Subject:
    """The member that a dialog is about."""

    id: str = ""
    name: str = ""
    active: int = 0
    active_line: str = ""

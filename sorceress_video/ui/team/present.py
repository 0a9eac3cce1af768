"""Rows of the team into words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sorceress_video.http.identity import Member
from sorceress_video.library.access_links import OpenInvitation
from sorceress_video.library.tables import utc_now
from sorceress_video.library.team import MemberRow, RequestRow
from sorceress_video.ui.team.models import InvitationLine, MemberLine, RequestLine, Subject

_PRESENT: Final = timedelta(minutes=15)


def member_line(row: MemberRow, viewer: Member) -> MemberLine:
    """A member as the list shows them to ``viewer``."""
    account, budget = row.account, row.account.budget_micro_usd
    return MemberLine(
        id=account.id,
        name=account.name or account.email.partition("@")[0],
        email=account.email,
        role=account.role,
        plan=account.plan,
        spent=dollars(row.spent),
        budget=_typed(budget),
        budget_line="" if budget is None else _left(row.spent, budget),
        asks_above=_typed(account.confirm_above_micro_usd),
        share="0%" if not budget else f"{min(100.0, max(0.0, 100 * row.spent / budget)):.1f}%",
        over=budget is not None and row.spent >= budget,
        seen=seen_line(account.seen_at),
        active=row.active,
        disabled=account.disabled_at is not None,
        is_self=account.id == viewer.account_id,
        locked=account.role == "owner" and viewer.role != "owner",
    )


def subject_of(row: MemberRow) -> Subject:
    """A member as a dialog speaks of them."""
    clips = "1 clip is" if row.active == 1 else f"{row.active} clips are"
    return Subject(
        id=row.account.id,
        name=row.account.name or row.account.email,
        active=row.active,
        active_line=f"{clips} in the making." if row.active else "",
    )


def invitation_line(found: OpenInvitation) -> InvitationLine:
    """An invitation in words."""
    link = found.link
    role = "Admin" if link.role == "admin" else "Member"
    parts = (role, link.plan.capitalize(), f"by {found.made_by}", f"good until {_moment(link.expires_at)}")
    return InvitationLine(link.id, link.email or "Whoever has the link", " · ".join(parts))


def request_line(row: RequestRow) -> RequestLine:
    """A request in words."""
    account = row.account
    return RequestLine(
        id=row.request.id,
        name=account.name or account.email.partition("@")[0],
        email=account.email,
        note=row.request.note,
        asked=_moment(row.request.created_at),
    )


def dollars(micro_usd: int) -> str:
    """An amount as the page writes it."""
    return f"${micro_usd / 1e6:,.2f}"


def seen_line(moment: datetime | None) -> str:
    """When somebody was last here, roughly."""
    if moment is None:
        return "never"
    ago = utc_now() - moment
    if ago < _PRESENT:
        return "just now"
    if ago < timedelta(hours=1):
        return f"{ago // timedelta(minutes=1)} min ago"
    if ago < timedelta(days=1):
        hours = ago // timedelta(hours=1)
        return "1 hour ago" if hours == 1 else f"{hours} hours ago"
    return f"{moment.day} {moment:%b %Y}"


def _typed(micro_usd: int | None) -> str:
    return "" if micro_usd is None else f"{micro_usd / 1e6:.2f}"


def _left(spent: int, budget: int) -> str:
    return f"{dollars(max(0, budget - spent))} left"


def _moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"

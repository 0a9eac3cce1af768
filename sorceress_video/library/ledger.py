"""The ledger of money. Lines are only ever added, and each can be added only once.

An attempt reserves its estimate before anything is sent. When it ends, the reserve is released and, where the
provider charged or may have charged, a charge takes its place. The sum of an account's lines in a month is
what counts against its budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from sorceress_video.library.database import Database
from sorceress_video.library.tables import Account, Clip, LedgerEntry, Preference, utc_now

ASK_ABOVE = "confirm_above"
"""The member's own preference: the sum in micro-dollars above which one click asks first."""


class BudgetExceededError(Exception):
    """The account's budget for the month does not cover what was asked.

    Args:
        needed: micro-dollars asked for.
        left: micro-dollars left this month.
    """

    def __init__(self, needed: int, left: int) -> None:
        super().__init__(f"needs {needed} micro-dollars, {left} left this month")
        self.needed = needed
        self.left = left


def month_of(moment: datetime) -> str:
    """The calendar month (UTC) that a moment counts to, as ``2026-11``."""
    return f"{moment:%Y-%m}"


def spent(session: Session, account_id: str, month: str) -> int:
    """Micro-dollars charged or reserved in a month."""
    total = session.exec(
        select(func.coalesce(func.sum(LedgerEntry.micro_usd), 0)).where(
            LedgerEntry.account_id == account_id, LedgerEntry.month == month
        )
    ).one()
    return int(total)


@dataclass(frozen=True, slots=True)
class MonthSpend:
    """An account's money of the present month (UTC), in micro-dollars."""

    spent: int
    """Charged, or set aside for what is running."""
    budget: int | None
    """None where no limit is set."""
    resets_at: datetime
    """The first moment of the next month."""


def month_spend(db: Database, account_id: str) -> MonthSpend:
    """What an account has spent this month, and what it may."""
    now = utc_now()
    with db.read() as session:
        account = session.get(Account, account_id)
        used = spent(session, account_id, month_of(now))
    following = (now.replace(day=1) + timedelta(days=32)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return MonthSpend(used, account.budget_micro_usd if account else None, following)


@dataclass(frozen=True, slots=True)
class AskLimit:
    """The sum above which one click must be confirmed, in micro-dollars."""

    micro_usd: int | None
    """None where nobody set one."""
    by_admin: bool = False


def ask_limit(db: Database, account_id: str) -> AskLimit:
    """The limit in force: the smaller of the member's own and the admin's."""
    with db.read() as session:
        account = session.get(Account, account_id)
        own = session.get(Preference, (account_id, ASK_ABOVE))
    by_admin = account.confirm_above_micro_usd if account else None
    mine = own.value if own is not None else None
    if not isinstance(mine, int) or isinstance(mine, bool) or mine < 0:
        mine = None
    if by_admin is None or (mine is not None and mine <= by_admin):
        return AskLimit(mine)
    return AskLimit(by_admin, by_admin=True)


def check_budget(session: Session, account_id: str, needed: int) -> None:
    """Refuse what the account's budget does not cover.

    Raises:
        BudgetExceededError: with what is needed and what is left.
    """
    account = session.get(Account, account_id)
    if account is None or account.budget_micro_usd is None or needed == 0:
        return
    left = account.budget_micro_usd - spent(session, account_id, month_of(utc_now()))
    if needed > left:
        raise BudgetExceededError(needed, max(0, left))


def reserve(session: Session, clip: Clip, attempt: int) -> None:
    """Set the clip's estimate aside for an attempt; an unknown price reserves nothing."""
    if clip.estimate_micro_usd:
        _add(
            session, clip, attempt, kind="reserve", amount=clip.estimate_micro_usd, month=month_of(utc_now())
        )


def carry(session: Session, clip: Clip, attempt: int) -> None:
    """Move the reserve of an attempt that surely cost nothing to the next one."""
    settle(session, clip, attempt, billed="no")
    reserve(session, clip, attempt + 1)


def settle(
    session: Session, clip: Clip, attempt: int, *, billed: str, cost_micro_usd: int | None = None
) -> int | None:
    """Close an attempt: release its reserve and write what it cost.

    Args:
        billed: ``yes``, ``no`` or ``maybe``.
        cost_micro_usd: what the provider said; the estimate stands in where it says nothing.

    Returns:
        The micro-dollars charged, None where the price is unknown.
    """
    reserved = session.exec(
        select(LedgerEntry).where(
            LedgerEntry.clip_id == clip.id, LedgerEntry.attempt == attempt, LedgerEntry.kind == "reserve"
        )
    ).first()
    month = reserved.month if reserved else month_of(utc_now())
    if reserved is not None and not _has(session, clip.id, attempt, "release"):
        _add(session, clip, attempt, kind="release", amount=-reserved.micro_usd, month=month)
    if billed == "no":
        return 0
    cost = cost_micro_usd if cost_micro_usd is not None else clip.estimate_micro_usd
    if cost and not _has(session, clip.id, attempt, "charge"):
        _add(session, clip, attempt, kind="charge", amount=cost, month=month, certain=billed == "yes")
    return cost


def _has(session: Session, clip_id: str, attempt: int, kind: str) -> bool:
    found = session.exec(
        select(LedgerEntry.id).where(
            col(LedgerEntry.clip_id) == clip_id, LedgerEntry.attempt == attempt, LedgerEntry.kind == kind
        )
    ).first()
    return found is not None


def _add(
    session: Session, clip: Clip, attempt: int, *, kind: str, amount: int, month: str, certain: bool = True
) -> None:
    session.add(
        LedgerEntry(
            account_id=clip.account_id,
            clip_id=clip.id,
            attempt=attempt,
            kind=kind,
            micro_usd=amount,
            certain=certain,
            month=month,
        )
    )
    session.flush()

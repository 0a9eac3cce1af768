"""The team as an admin sees it, and changes of its members, each decided inside its own transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ACTIVE
from sorceress_video.library.database import Database
from sorceress_video.library.ledger import month_of
from sorceress_video.library.tables import (
    AccessLink,
    Account,
    Clip,
    LedgerEntry,
    PlanRequest,
    SignInSession,
    utc_now,
)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member with what they spend and make."""

    account: Account
    spent: int
    """Micro-dollars charged or set aside this month."""
    active: int
    """Clips in the making."""


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A part of the list."""

    rows: list[MemberRow]
    total: int
    """Members that fit the search."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request for a plan, and whose it is."""

    request: PlanRequest
    account: Account


class Change:
    """A transaction in which somebody changes somebody: both rows, locked, as they are now."""

    def __init__(self, session: Session, actor: Account | None, target: Account | None, owners: int) -> None:
        self.session = session
        self.actor = actor
        """Who changes; None where they have no account, or are shut out."""
        self.target = target
        self.other_owners = owners
        """Owners beside the target who are not shut out."""

    def end_sessions(self) -> None:
        """Sign the target out everywhere, and make links to set their password worthless."""
        if self.target is None:
            return
        self.session.exec(delete(SignInSession).where(col(SignInSession.account_id) == self.target.id))
        self.session.exec(
            update(AccessLink)
            .where(
                col(AccessLink.kind) == "password",
                col(AccessLink.account_id) == self.target.id,
                col(AccessLink.used_at).is_(None),
            )
            .values(revoked_at=utc_now())
        )

    def revoke_invitations(self) -> None:
        """What the target has handed out and nobody has used yet is worthless."""
        if self.target is None:
            return
        self.session.exec(
            update(AccessLink)
            .where(
                col(AccessLink.made_by) == self.target.id,
                col(AccessLink.used_at).is_(None),
                col(AccessLink.revoked_at).is_(None),
            )
            .values(revoked_at=utc_now())
        )

    def decide(self, request_id: str, state: str, answer: str) -> PlanRequest | None:
        """Close the target's open request; None where it is not open."""
        request = self.session.get(PlanRequest, request_id, with_for_update=True)
        if request is None or request.state != "open" or self.actor is None:
            return None
        request.state, request.answer = state, answer
        request.decided_by, request.decided_at = self.actor.id, utc_now()
        self.session.add(request)
        return request


@contextmanager
def changing(db: Database, actor_id: str, target_id: str = "") -> Iterator[Change]:
    """Open a transaction with the rows of who acts and whom it is about, and every owner's, locked.

    The rule stands in between, so that of two owners who demote each other the second finds none left.
    What is done to ``target`` is written at the end; an exception writes nothing.
    """
    with db.write() as session:
        query = (
            select(Account)
            .where(or_(col(Account.role) == "owner", col(Account.id).in_([actor_id, target_id])))
            .order_by(col(Account.id))
            .with_for_update()
        )
        rows = {account.id: account for account in session.exec(query)}
        actor = rows.get(actor_id)
        owners = [row for row in rows.values() if row.role == "owner" and row.disabled_at is None]
        yield Change(
            session,
            actor if actor is not None and actor.disabled_at is None else None,
            rows.get(target_id),
            sum(row.id != target_id for row in owners),
        )


def members(db: Database, words: str, offset: int, limit: int) -> MemberPage:
    """Members by name, those who are shut out at the end; ``words`` is a part of name or e-mail."""
    where = _matching(words)
    with db.read() as session:
        total = session.exec(select(func.count()).select_from(Account).where(*where)).one()
        found = session.exec(
            select(Account)
            .where(*where)
            .order_by(
                col(Account.disabled_at).is_not(None),
                func.lower(func.coalesce(func.nullif(col(Account.name), ""), col(Account.email))),
                col(Account.id),
            )
            .offset(offset)
            .limit(limit)
        ).all()
        ids = [account.id for account in found]
        spent, active = _spent(session, ids), _active(session, ids)
    rows = [MemberRow(account, spent.get(account.id, 0), active.get(account.id, 0)) for account in found]
    return MemberPage(rows, int(total))


def member(db: Database, account_id: str) -> MemberRow | None:
    """One member."""
    with db.read() as session:
        account = session.get(Account, account_id)
        if account is None:
            return None
        return MemberRow(
            account,
            _spent(session, [account_id]).get(account_id, 0),
            _active(session, [account_id]).get(account_id, 0),
        )


def month_total(db: Database) -> int:
    """Micro-dollars that the whole team has spent this month."""
    with db.read() as session:
        total = session.exec(
            select(func.coalesce(func.sum(LedgerEntry.micro_usd), 0)).where(
                LedgerEntry.month == month_of(utc_now())
            )
        ).one()
        return int(total)


# --- requests for a plan


def ask_for_plan(db: Database, account_id: str, note: str) -> bool:
    """Write a member's request; False where one is open already or they have the plan."""
    try:
        with db.write() as session:
            account = session.get(Account, account_id, with_for_update=True)
            if account is None or account.disabled_at is not None or account.plan == "pro":
                return False
            session.add(PlanRequest(account_id=account_id, note=note))
            return True
    except IntegrityError:
        return False  # The same click, a moment earlier.


def last_request(db: Database, account_id: str) -> PlanRequest | None:
    """The member's newest request."""
    with db.read() as session:
        return session.exec(
            select(PlanRequest)
            .where(PlanRequest.account_id == account_id)
            .order_by(col(PlanRequest.id).desc())
            .limit(1)
        ).first()


def open_requests(db: Database, limit: int) -> list[RequestRow]:
    """Requests that wait for an answer, the oldest first."""
    with db.read() as session:
        query = (
            select(PlanRequest, Account)
            .join(Account, col(Account.id) == col(PlanRequest.account_id))
            .where(PlanRequest.state == "open", col(Account.disabled_at).is_(None))
            .order_by(col(PlanRequest.id))
            .limit(limit)
        )
        return [RequestRow(request, account) for request, account in session.exec(query)]


def request_owner(db: Database, request_id: str) -> str:
    """Whose request it is; empty where there is none."""
    with db.read() as session:
        request = session.get(PlanRequest, request_id)
        return request.account_id if request else ""


def count_open_requests(db: Database) -> int:
    """How many requests wait for an answer."""
    with db.read() as session:
        return int(
            session.exec(
                select(func.count())
                .select_from(PlanRequest)
                .join(Account, col(Account.id) == col(PlanRequest.account_id))
                .where(PlanRequest.state == "open", col(Account.disabled_at).is_(None))
            ).one()
        )


def _matching(words: str) -> tuple[ColumnElement[bool], ...]:
    text = words.strip().lower()
    if not text:
        return ()
    name, email = func.lower(col(Account.name)), col(Account.email)
    return (or_(name.contains(text, autoescape=True), email.contains(text, autoescape=True)),)


def _spent(session: Session, ids: Sequence[str]) -> dict[str, int]:
    query = (
        select(LedgerEntry.account_id, func.sum(LedgerEntry.micro_usd))
        .where(col(LedgerEntry.account_id).in_(ids), LedgerEntry.month == month_of(utc_now()))
        .group_by(col(LedgerEntry.account_id))
    )
    return {account_id: int(total) for account_id, total in session.exec(query)}


def _active(session: Session, ids: Sequence[str]) -> dict[str, int]:
    # Compared as it is, the account would lead SQLite through everything that the members ever made.
    owner = func.coalesce(col(Clip.account_id), "")
    query = (
        select(owner, func.count())
        .where(
            owner.in_(ids),
            col(Clip.status).in_([str(status) for status in ACTIVE]),
            col(Clip.removed_at).is_(None),
        )
        .group_by(owner)
    )
    return {account_id: int(count) for account_id, count in session.exec(query)}

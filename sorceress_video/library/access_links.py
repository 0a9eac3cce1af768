"""Single-use links that admins hand on: kept by the hash of their token, used up in one step."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.library.database import Database
from sorceress_video.library.tables import AccessLink, Account, SignInSession, utc_now


class EmailTakenError(Exception):
    """Somebody signs in with this address already."""


class OpenInvitation(NamedTuple):
    """An invitation that can still be used, and who made it."""

    link: AccessLink
    made_by: str
    """Their name, or their e-mail where they have none."""


def find(db: Database, token_hash: str) -> AccessLink | None:
    """The link with this token, whatever its condition."""
    with db.read() as session:
        return session.exec(select(AccessLink).where(AccessLink.token_hash == token_hash)).first()


def open_invitations(db: Database, limit: int) -> list[OpenInvitation]:
    """Invitations that can still be used, the newest first."""
    with db.read() as session:
        query = (
            select(AccessLink, Account)
            .join(Account, col(Account.id) == col(AccessLink.made_by))
            .where(AccessLink.kind == "invitation", *_usable(utc_now()))
            .order_by(col(AccessLink.id).desc())
            .limit(limit)
        )
        return [OpenInvitation(link, maker.name or maker.email) for link, maker in session.exec(query)]


def count_open(session: Session, made_by: str) -> int:
    """How many links of somebody's can still be used."""
    query = select(func.count()).where(AccessLink.made_by == made_by, *_usable(utc_now()))
    return int(session.exec(query).one())


def add(session: Session, link: AccessLink) -> None:
    """Write a new link. One that sets a password takes the place of those before it."""
    if link.kind == "password":
        session.exec(
            update(AccessLink)
            .where(
                col(AccessLink.kind) == "password",
                col(AccessLink.account_id) == link.account_id,
                *_usable(utc_now()),
            )
            .values(revoked_at=utc_now())
        )
    session.add(link)


def revoke(session: Session, link_id: str) -> bool:
    """Make an invitation worthless. False where there is none that could be used."""
    done = session.exec(
        update(AccessLink)
        .where(col(AccessLink.id) == link_id, col(AccessLink.kind) == "invitation", *_usable(utc_now()))
        .values(revoked_at=utc_now())
    )
    return bool(done.rowcount)


def join(db: Database, token_hash: str, account: Account) -> bool:
    """Write a new member's account and use up the invitation, or neither.

    Returns:
        False where the link cannot be used any more.

    Raises:
        EmailTakenError: nothing was written and the link is still good.
    """
    try:
        with db.write() as session:
            link = _take(session, token_hash, "invitation")
            if link is None:
                return False
            session.add(account)
            session.flush()
            link.account_id = account.id
            session.add(link)
            return True
    except IntegrityError as error:
        raise EmailTakenError from error


def register(db: Database, account: Account) -> None:
    """Write the account of somebody who came without an invitation.

    Raises:
        EmailTakenError: nothing was written.
    """
    try:
        with db.write() as session:
            session.add(account)
    except IntegrityError as error:
        raise EmailTakenError from error


def set_password(db: Database, token_hash: str, password_hash: str) -> Account | None:
    """Use up a link that sets a password: the new hash is stored and every session of the account ends.

    Returns:
        The account; None where the link cannot be used any more or the account is shut out.
    """
    with db.write() as session:
        link = _take(session, token_hash, "password")
        if link is None or link.account_id is None:
            return None
        account = session.get_one(Account, link.account_id)
        account.password_hash = password_hash
        session.add(account)
        session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account.id))
        return account


def _take(session: Session, token_hash: str, kind: str) -> AccessLink | None:
    """Use a link up. Of two at once one gets it: the second finds that it is used."""
    now = utc_now()
    done = session.exec(
        update(AccessLink)
        .where(col(AccessLink.token_hash) == token_hash, col(AccessLink.kind) == kind, *_usable(now))
        .values(used_at=now)
    )
    if not done.rowcount:
        return None
    return session.exec(select(AccessLink).where(AccessLink.token_hash == token_hash)).one()


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(AccessLink.used_at).is_(None),
        col(AccessLink.revoked_at).is_(None),
        col(AccessLink.expires_at) > now,
    )

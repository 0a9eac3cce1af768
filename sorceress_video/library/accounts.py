"""Queries for accounts, their sign-in sessions, the setup token and failed sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.library.database import Database
from sorceress_video.library.tables import Account, SetupToken, SignInFailure, SignInSession, utc_now

_SETUP_ROW = 1


# --- accounts


def any_account(db: Database) -> bool:
    """Whether anybody has an account yet."""
    with db.read() as session:
        return _any_account(session)


def account_by_id(db: Database, account_id: str) -> Account | None:
    """The account, disabled or not."""
    with db.read() as session:
        return session.get(Account, account_id)


def account_by_email(db: Database, email: str) -> Account | None:
    """The account that signs in with this address (lower case), disabled or not."""
    with db.read() as session:
        return session.exec(select(Account).where(Account.email == email)).first()


def add_first_account(db: Database, account: Account, *, setup_hash: str | None = None) -> bool:
    """Write the owner's account and use up the setup token, if nobody has an account yet.

    Args:
        setup_hash: SHA-256 of the token that must be the present one; None asks for no token.

    Returns:
        False where an account exists or the token is not the present one; nothing was written.
    """
    with db.write() as session:
        # The row lock makes two people with the same link one after the other on PostgreSQL, too.
        token = session.get(SetupToken, _SETUP_ROW, with_for_update=True)
        if _any_account(session):
            return False
        if setup_hash is not None and (token is None or token.token_hash != setup_hash):
            return False
        session.add(account)
        if token is not None:
            session.delete(token)
        return True


def change_password(db: Database, account_id: str, password_hash: str) -> None:
    """Store a new password's hash and end every session of the account, in one step."""
    with db.write() as session:
        session.exec(update(Account).where(col(Account.id) == account_id).values(password_hash=password_hash))
        session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account_id))


def renew_password_hash(db: Database, account_id: str, old_hash: str, new_hash: str) -> None:
    """Replace the hash of an unchanged password, unless the password was changed meanwhile."""
    with db.write() as session:
        session.exec(
            update(Account)
            .where(col(Account.id) == account_id, col(Account.password_hash) == old_hash)
            .values(password_hash=new_hash)
        )


def rename(db: Database, account_id: str, name: str) -> None:
    """Give the account another name."""
    with db.write() as session:
        session.exec(update(Account).where(col(Account.id) == account_id).values(name=name))


def disable(db: Database, account_id: str) -> None:
    """Shut an account out and end its sessions, in one step."""
    with db.write() as session:
        session.exec(update(Account).where(col(Account.id) == account_id).values(disabled_at=utc_now()))
        session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account_id))


# --- the setup token


def replace_setup_token(db: Database, token_hash: str) -> bool:
    """Make this the one setup token. False where an account exists; the old token is gone then, too."""
    with db.write() as session:
        if _any_account(session):
            session.exec(delete(SetupToken))
            return False
        session.merge(SetupToken(id=_SETUP_ROW, token_hash=token_hash, created_at=utc_now()))
        return True


def setup_token_hash(db: Database) -> str | None:
    """SHA-256 of the present setup token; nothing once an account exists."""
    with db.read() as session:
        token = session.get(SetupToken, _SETUP_ROW)
        return None if token is None or _any_account(session) else token.token_hash


# --- sign-in sessions


def add_session(db: Database, row: SignInSession, *, replaces: str | None = None) -> None:
    """Write a new session and end the one that the same browser had before (by the hash of its token)."""
    with db.write() as session:
        if replaces is not None:
            session.exec(delete(SignInSession).where(col(SignInSession.token_hash) == replaces))
        now = utc_now()
        session.exec(delete(SignInSession).where(col(SignInSession.expires_at) < now))
        session.exec(update(Account).where(col(Account.id) == row.account_id).values(seen_at=now))
        session.add(row)


def session_by_token(db: Database, token_hash: str) -> tuple[SignInSession, Account] | None:
    """A session with its account, whatever their condition."""
    with db.read() as session:
        return session.exec(
            select(SignInSession, Account)
            .join(Account, col(Account.id) == col(SignInSession.account_id))
            .where(SignInSession.token_hash == token_hash)
        ).first()


def touch_session(db: Database, session_id: str, now: datetime) -> None:
    """Note that the session is still in use."""
    with db.write() as session:
        session.exec(update(SignInSession).where(col(SignInSession.id) == session_id).values(seen_at=now))
        owner = select(SignInSession.account_id).where(SignInSession.id == session_id).scalar_subquery()
        session.exec(update(Account).where(col(Account.id) == owner).values(seen_at=now))


def sessions_of(db: Database, account_id: str, seen_after: datetime) -> list[SignInSession]:
    """The account's sessions that are still good, the one that was used last first."""
    with db.read() as session:
        query = (
            select(SignInSession)
            .where(
                SignInSession.account_id == account_id,
                SignInSession.seen_at > seen_after,
                SignInSession.expires_at > utc_now(),
            )
            .order_by(col(SignInSession.seen_at).desc())
        )
        return list(session.exec(query))


def end_session(db: Database, token_hash: str) -> None:
    """End the session with this token, if there is one."""
    with db.write() as session:
        session.exec(delete(SignInSession).where(col(SignInSession.token_hash) == token_hash))


def end_own_session(db: Database, account_id: str, session_id: str) -> bool:
    """End one session of this very account. False where it has no such session."""
    with db.write() as session:
        done = session.exec(
            delete(SignInSession).where(
                col(SignInSession.id) == session_id, col(SignInSession.account_id) == account_id
            )
        )
        return bool(done.rowcount)


def end_all_sessions(db: Database, account_id: str) -> None:
    """End every session of the account."""
    with db.write() as session:
        session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account_id))


# --- failed sign-ins


def count_attempt(
    db: Database, delays: Mapping[str, Callable[[int], timedelta]], *, forget_after: timedelta
) -> timedelta | None:
    """Count one attempt as failed under each key, before it is known how it ends.

    Counting first keeps a hundred attempts at the same moment from all passing the same check.

    Args:
        delays: for each key, how long to block after its nth failure in a row.
        forget_after: failures without a successor for this long are forgotten.

    Returns:
        How long to wait, with nothing counted, where a key is blocked; None where the attempt may go on.
    """
    with db.write() as session:
        session.exec(delete(SignInFailure).where(col(SignInFailure.seen_at) < utc_now() - forget_after))
        rows = [(_failure(session, key), delays[key]) for key in sorted(delays)]
        now = (
            utc_now()
        )  # With the rows locked: what another attempt wrote meanwhile does not lie ahead of it.
        waits = [row.blocked_until - now for row, _ in rows if row.blocked_until and row.blocked_until > now]
        if waits:
            return max(waits)
        for row, delay in rows:
            row.count += 1
            row.seen_at = now
            pause = delay(row.count)
            row.blocked_until = now + pause if pause else None
            session.add(row)
    return None


def forgive(db: Database, key: str) -> None:
    """Forget all failures under the key."""
    with db.write() as session:
        session.exec(delete(SignInFailure).where(col(SignInFailure.key) == key))


def take_back_attempt(db: Database, key: str) -> None:
    """Take back one counted attempt that turned out well, and its block."""
    with db.write() as session:
        session.exec(
            update(SignInFailure)
            .where(col(SignInFailure.key) == key, col(SignInFailure.count) > 0)
            .values(count=col(SignInFailure.count) - 1, blocked_until=None)
        )


def _any_account(session: Session) -> bool:
    return session.exec(select(func.count()).select_from(Account)).one() > 0


def _failure(session: Session, key: str) -> SignInFailure:
    """The key's row, made where it is missing, locked until the end of the transaction."""
    row = session.get(SignInFailure, key, with_for_update=True)
    if row is not None:
        return row
    row = SignInFailure(key=key)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # PostgreSQL lets another transaction insert it first.
        return session.get_one(SignInFailure, key, with_for_update=True)
    return row

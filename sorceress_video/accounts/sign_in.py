"""Signing in and changing a password. Both hash: call them through `passwords.off_loop`."""

from __future__ import annotations

from dataclasses import dataclass

from sorceress_video.accounts import limits, passwords, sessions
from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import Account


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that asks: what it calls itself, its network address, the session token it holds."""

    user_agent: str
    address: str
    token: str | None = None


def sign_in(email: str, password: str, browser: Browser) -> str:
    """Check the password and give the token of a new session.

    An unknown e-mail, a wrong password and a disabled account are told apart neither by text nor by time.

    Raises:
        AccountError: ``bad_credentials`` or ``too_many_attempts``.
    """
    address = email.strip().lower()
    limits.admit_attempt(address, browser.address)
    db = get_database()
    account = accounts.account_by_email(db, address)
    right = passwords.verify_password(password, account.password_hash if account else None)
    if account is None or not right or account.disabled_at is not None:
        raise AccountError("bad_credentials")
    limits.note_success(address, browser.address)
    renewed = passwords.renewed_hash(password, account.password_hash)
    if renewed is not None:
        accounts.renew_password_hash(db, account.id, account.password_hash, renewed)
    return start_session(account, browser)


def start_session(account: Account, browser: Browser) -> str:
    """A new session's token; the session that the browser had ends."""
    return sessions.open_session(
        account.id, user_agent=browser.user_agent, address=browser.address, replaces=browser.token
    )


def change_password(account_id: str, present: str, new: str, browser: Browser) -> str:
    """Change the password, end every session of the account, and give the token of this browser's new one.

    Raises:
        AccountError: ``wrong_password``, ``too_many_attempts``, or why the new one is not acceptable.
    """
    db = get_database()
    account = accounts.account_by_id(db, account_id)
    if account is None or account.disabled_at is not None:
        raise AccountError("signed_out")
    passwords.check_acceptable(new, account.email)
    limits.admit_attempt(account.email, browser.address)
    if not passwords.verify_password(present, account.password_hash):
        raise AccountError("wrong_password")
    limits.note_success(account.email, browser.address)
    accounts.change_password(db, account_id, passwords.hash_password(new))
    return start_session(account, browser)

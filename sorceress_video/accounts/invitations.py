"""Single-use links: joining by invitation, joining freely where that is allowed, setting a new password.

Who may hand them out is a rule of `team`; here is what becomes of a link once somebody has it. Functions that
hash a password say so: call them through `passwords.off_loop`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sorceress_video.accounts import limits, passwords, people
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.sessions import hash_token
from sorceress_video.accounts.sign_in import Browser
from sorceress_video.library import access_links, accounts
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import AccessLink, Account, utc_now
from sorceress_video.settings import get_settings

Kind = Literal["invitation", "password"]
TOKEN_CHARACTERS: Final = 43  # 256 bits in URL-safe base64.
PAGES: Final[dict[Kind, str]] = {"invitation": "/join", "password": "/new-password"}


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made. Its address is shown once and kept nowhere."""

    id: str
    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the page of a good link may say before anything is typed."""

    email: str
    """Whom the link is for; empty where an invitation is for anybody."""
    name: str


def address_of(kind: Kind, token: str) -> str:
    """A link's address. The token stands after ``#``: no server gets it, and no ``Referer`` has it."""
    return f"{get_settings().base_url}{PAGES[kind]}#{token}"


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def look(kind: Kind, token: str) -> Welcome:
    """What a link is for, before it is used.

    Raises:
        AccountError: why it cannot be used (``link_…``, ``registration_closed``).
    """
    if kind == "invitation" and not token and get_settings().open_registration:
        return Welcome("", "")
    link = _good_link(kind, token)
    if kind == "invitation":
        return Welcome(link.email, "")
    account = accounts.account_by_id(get_database(), link.account_id or "")
    if account is None or account.disabled_at is not None:
        raise AccountError("link_unknown")
    return Welcome(account.email, account.name)


def join(token: str, name: str, email: str, password: str, browser: Browser) -> Account:
    """Become a member by an invitation, or without one where registration is open. Hashes a password.

    Raises:
        AccountError: the link or what was typed is not acceptable, or too many have tried.
    """
    limits.admit_joining(browser.address)
    link = None if not token and get_settings().open_registration else _good_link("invitation", token)
    address = people.normal_email(email)
    if link is not None and link.email and not hmac.compare_digest(link.email.encode(), address.encode()):
        raise AccountError("invited_other_email")
    called = people.normal_name(name)
    passwords.check_acceptable(password, address)
    account = Account(
        email=address,
        name=called,
        password_hash=passwords.hash_password(password),
        role=link.role if link else "member",
        plan=link.plan if link else "free",
        seen_at=utc_now(),
    )
    db = get_database()
    try:
        if link is None:
            access_links.register(db, account)
        elif not access_links.join(db, link.token_hash, account):
            raise AccountError("link_used")
    except access_links.EmailTakenError as error:
        raise AccountError("email_taken") from error
    limits.note_joined(browser.address)
    return account


def set_password(token: str, password: str, browser: Browser) -> Account:
    """Set a new password by a link; ends every session of the account. Hashes a password.

    Raises:
        AccountError: the link or the password is not acceptable, or too many have tried.
    """
    limits.admit_joining(browser.address)
    link = _good_link("password", token)
    account = accounts.account_by_id(get_database(), link.account_id or "")
    if account is None or account.disabled_at is not None:
        raise AccountError("link_unknown")
    passwords.check_acceptable(password, account.email)
    changed = access_links.set_password(get_database(), link.token_hash, passwords.hash_password(password))
    if changed is None:
        raise AccountError("link_used")
    limits.note_success(account.email, browser.address)
    return changed


def _good_link(kind: Kind, token: str) -> AccessLink:
    if not token:
        raise AccountError("registration_closed" if kind == "invitation" else "link_unknown")
    link = access_links.find(get_database(), hash_token(token)) if len(token) == TOKEN_CHARACTERS else None
    if link is None or link.kind != kind:
        raise AccountError("link_unknown")
    if link.used_at is not None:
        raise AccountError("link_used")
    if link.revoked_at is not None:
        raise AccountError("link_revoked")
    if link.expires_at <= utc_now():
        raise AccountError("link_expired")
    return link

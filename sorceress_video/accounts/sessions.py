"""Sign-in sessions: a random token in the browser's cookie, its hash in the database."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sorceress_video.library import accounts
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import Account, SignInSession, utc_now

IDLE_LIMIT: Final = timedelta(days=7)
ABSOLUTE_LIMIT: Final = timedelta(days=30)

_TOUCH_AFTER: Final = timedelta(minutes=10)
_TOKEN_CHARACTERS: Final = 43  # 256 bits in URL-safe base64.


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One signed-in browser, as its owner sees it in the list of sessions."""

    id: str
    user_agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_current: bool


def open_session(account_id: str, *, user_agent: str, address: str, replaces: str | None = None) -> str:
    """Start a session and give its token, which is known to nobody else afterwards.

    Args:
        replaces: the token that the browser held until now; its session ends.
    """
    token = secrets.token_urlsafe(32)
    row = SignInSession(
        account_id=account_id,
        token_hash=hash_token(token),
        user_agent=user_agent[:256],
        address=address[:64],
        expires_at=utc_now() + ABSOLUTE_LIMIT,
    )
    accounts.add_session(get_database(), row, replaces=hash_token(replaces) if replaces else None)
    return token


def find_session(token: str) -> tuple[str, Account] | None:
    """The session's id and its account, or nothing if it is unknown, over, or its account is disabled."""
    if len(token) != _TOKEN_CHARACTERS:
        return None
    db, now = get_database(), utc_now()
    found = accounts.session_by_token(db, hash_token(token))
    if found is None:
        return None
    session, account = found
    if account.disabled_at is not None or now >= session.expires_at or now - session.seen_at >= IDLE_LIMIT:
        return None
    if now - session.seen_at >= _TOUCH_AFTER:
        accounts.touch_session(db, session.id, now)
    return session.id, account


def list_sessions(account_id: str, current_session_id: str) -> list[SessionInfo]:
    """The account's signed-in browsers, the one that was used last first."""
    rows = accounts.sessions_of(get_database(), account_id, utc_now() - IDLE_LIMIT)
    return [
        SessionInfo(
            id=row.id,
            user_agent=row.user_agent,
            address=row.address,
            created_at=row.created_at,
            seen_at=row.seen_at,
            is_current=row.id == current_session_id,
        )
        for row in rows
    ]


def close_session(token: str) -> None:
    """End the session of this token."""
    accounts.end_session(get_database(), hash_token(token))


def close_own_session(account_id: str, session_id: str) -> bool:
    """End one of the account's own sessions, from the list. False where it has no such session."""
    return accounts.end_own_session(get_database(), account_id, session_id)


def close_all_sessions(account_id: str) -> None:
    """Sign the account out in every browser."""
    accounts.end_all_sessions(get_database(), account_id)


def hash_token(token: str) -> str:
    """SHA-256, hexadecimal. The token is random enough that it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()

"""Passwords: which are accepted, and how they are kept (argon2id, RFC 9106's second recommendation)."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from typing import Final, ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from sorceress_video.accounts.errors import AccountError

P = ParamSpec("P")
R = TypeVar("R")

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 128

# One hash takes 64 MiB and about 130 ms: two at once bound what strangers can make the server spend.
_AT_ONCE: Final = 2
_MAX_WAITING: Final = 40

_hasher = PasswordHash((Argon2Hasher(),))
_pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="passwords")
_waiting = 0


async def off_loop(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run something that hashes a password, off the event loop and at most two at a time.

    Raises:
        AccountError: ``busy``, too many are waiting already.
    """
    global _waiting  # noqa: PLW0603  (only touched on the event loop)
    if _waiting >= _MAX_WAITING:
        raise AccountError("busy", retry_after=5.0)
    _waiting += 1
    try:
        return await asyncio.wrap_future(_pool.submit(function, *args, **kwargs))
    finally:
        _waiting -= 1


def check_acceptable(password: str, email: str) -> None:
    """Refuse a new password that is too short, too long, or easily guessed.

    Raises:
        AccountError: with the reason.
    """
    if len(password) < MIN_LENGTH:
        raise AccountError("password_short")
    if len(password) > MAX_LENGTH:
        raise AccountError("password_long")
    folded = _normal(password).casefold()
    if folded in _commonest() or len(set(folded)) == 1:
        raise AccountError("password_common")
    if folded in (email.casefold(), email.casefold().partition("@")[0]):
        raise AccountError("password_like_email")


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt, as it is stored. Takes about 130 ms."""
    return _hasher.hash(_normal(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is the one whose hash is stored.

    Without a stored hash (nobody has that e-mail) it takes the same time and says no.
    """
    if len(password) > MAX_LENGTH:
        password = password[:MAX_LENGTH] + "\0"  # Cannot match, and costs no more than any other.
    matches = _hasher.verify(_normal(password), stored or _hash_of_nobody())
    return matches and stored is not None


def renewed_hash(password: str, stored: str) -> str | None:
    """A new hash of the right password where the stored one has weaker parameters than today's."""
    if not _hasher.current_hasher.check_needs_rehash(stored):
        return None
    return hash_password(password)


def _normal(password: str) -> str:
    # The same letters typed on two keyboards can arrive composed or decomposed.
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


@lru_cache(maxsize=1)
def _commonest() -> frozenset[str]:
    text = files("sorceress_video.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if line)

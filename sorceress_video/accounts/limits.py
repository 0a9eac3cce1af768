"""Limits on guessing passwords: a growing pause for each account and for each address.

Kept in the database, so that emptying Redis or restarting the server does not reset them. A pause and not a
lock: nobody can shut a member out for longer than a quarter of an hour at a time.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta
from typing import Final

from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library.database import get_database

FREE_FOR_ACCOUNT: Final = 5
FREE_FOR_ADDRESS: Final = 20
LONGEST_PAUSE: Final = timedelta(minutes=15)

_FORGET_AFTER: Final = timedelta(days=1)


def admit_attempt(email: str, address: str) -> None:
    """Count an attempt at this account from this address as failed, until `note_success` says otherwise.

    Raises:
        AccountError: ``too_many_attempts``, with the seconds to wait; nothing was counted.
    """
    wait = accounts.count_attempt(
        get_database(),
        {account_key(email): pause_for_account, address_key(address): pause_for_address},
        forget_after=_FORGET_AFTER,
    )
    if wait is not None:
        raise AccountError("too_many_attempts", retry_after=wait.total_seconds())


def note_success(email: str, address: str) -> None:
    """The attempt was right: the account starts anew, the address gets this one attempt back.

    The address keeps its other failures, or somebody with one account could guess at all others for ever.
    """
    db = get_database()
    accounts.forgive(db, account_key(email))
    accounts.take_back_attempt(db, address_key(address))


def admit_joining(address: str) -> None:
    """Count an attempt to use a link from this address as failed, until `note_joined` says otherwise.

    Raises:
        AccountError: ``too_many_attempts``, with the seconds to wait; nothing was counted.
    """
    wait = accounts.count_attempt(
        get_database(), {address_key(address): pause_for_address}, forget_after=_FORGET_AFTER
    )
    if wait is not None:
        raise AccountError("too_many_attempts", retry_after=wait.total_seconds())


def note_joined(address: str) -> None:
    """The attempt was right: the address gets it back."""
    accounts.take_back_attempt(get_database(), address_key(address))


def pause_for_account(failures: int) -> timedelta:
    """How long an account is blocked after so many failures in a row."""
    return _pause(failures - FREE_FOR_ACCOUNT)


def pause_for_address(failures: int) -> timedelta:
    """How long an address is blocked after so many failures in a row."""
    return _pause(failures - FREE_FOR_ADDRESS)


def account_key(email: str) -> str:
    """The account's key: a hash, so that what strangers type into the form is not kept."""
    return "account:" + hashlib.sha256(email.encode("utf-8", "surrogateescape")).hexdigest()


def address_key(address: str) -> str:
    """The address's key. A whole IPv6 /64 is one: that is what one line is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return f"address:{parsed.ipv4_mapped}"
        return f"address:{ipaddress.IPv6Network((parsed, 64), strict=False)}"
    return f"address:{parsed}"


def _pause(excess: int) -> timedelta:
    if excess < 0:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** min(excess, 12)), LONGEST_PAUSE)

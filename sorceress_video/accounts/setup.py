"""The owner's account: made once, by the link that the first start prints, or from the command line."""

from __future__ import annotations

import hmac
import secrets

from sorceress_video.accounts import passwords
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.people import normal_email
from sorceress_video.accounts.sessions import hash_token
from sorceress_video.library import accounts
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import Account
from sorceress_video.settings import Settings


def setup_link(settings: Settings) -> str | None:
    """The address of the page that makes the owner account; nothing once there is an account.

    Each call makes a new token and the ones before it worthless, since only hashes are kept.
    """
    token = secrets.token_urlsafe(32)
    if not accounts.replace_setup_token(get_database(), hash_token(token)):
        return None
    return f"{settings.base_url}/setup?token={token}"


def setup_open() -> bool:
    """Whether the workspace still waits for its owner."""
    return not accounts.any_account(get_database())


def token_is_good(token: str) -> bool:
    """Whether this is the present setup token and nobody has an account yet."""
    stored = accounts.setup_token_hash(get_database())
    return stored is not None and hmac.compare_digest(stored, hash_token(token))


def create_owner(email: str, password: str, *, token: str | None = None) -> Account:
    """Make the owner account (role ``owner``, plan ``pro``). Hashes a password: call it off the loop.

    Args:
        token: the setup token, for somebody who comes over the network; None for the command line.

    Raises:
        AccountError: an account exists, the token is not good, or e-mail or password are not acceptable.
    """
    if not setup_open():
        raise AccountError("owner_exists")
    if token is not None and not token_is_good(token):
        raise AccountError("setup_link_invalid")
    address = normal_email(email)
    passwords.check_acceptable(password, address)
    account = Account(
        email=address,
        name=address.partition("@")[0][:80],
        password_hash=passwords.hash_password(password),
        role="owner",
        plan="pro",
    )
    setup_hash = None if token is None else hash_token(token)
    if not accounts.add_first_account(get_database(), account, setup_hash=setup_hash):
        raise AccountError("owner_exists")
    return account

"""Who may enter the keys of providers, and what can be one."""

from __future__ import annotations

from typing import Final

import structlog

from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.team import manager
from sorceress_video.library import provider_keys as keys
from sorceress_video.library.database import get_database
from sorceress_video.library.team import changing
from sorceress_video.settings import PROVIDER_KEYS, get_settings

LONGEST_KEY: Final = 500  # characters

_log = structlog.get_logger(__name__)


def keep(actor_id: str, provider: str, typed: str) -> None:
    """Keep a key, in the place of the one before.

    Raises:
        AccountError: ``admins_only``, ``provider_unknown``, ``key_of_server``, ``key_malformed`` or
            ``key_not_sealed``.
    """
    with changing(get_database(), actor_id) as change:
        actor = manager(change)
        if provider not in PROVIDER_KEYS:
            raise AccountError("provider_unknown")
        if not keys.counts(get_settings(), provider):
            raise AccountError("key_of_server")
        key = _key(typed)
        try:
            keys.put(change.session, get_settings(), provider, key, actor.id)
        except (OSError, ValueError) as error:
            _log.exception("the master secret cannot be used")
            raise AccountError("key_not_sealed") from error
    _log.info("a provider's key was set", provider=provider, by=actor_id)


def remove(actor_id: str, provider: str) -> None:
    """Forget a key that was entered.

    Raises:
        AccountError: ``admins_only``.
    """
    with changing(get_database(), actor_id) as change:
        manager(change)
        keys.forget(change.session, provider)
    _log.info("a provider's key was removed", provider=provider, by=actor_id)


def _key(typed: str) -> str:
    key = typed.strip()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise AccountError("key_malformed")
    return key

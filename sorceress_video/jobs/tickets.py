"""Tickets: a list of ids that waits in Redis for a short while, for one account and one purpose.

What is too much for an address or a toast is kept here, and only its ticket travels. Nothing but convenience
is lost with one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Final, Literal

from redis.exceptions import RedisError

from sorceress_video.jobs.queues import get_redis

Purpose = Literal["zip", "unmark", "put-back"]

_PREFIX: Final = "sorceress:ticket"
_LONGEST: Final = 80


def issue(purpose: Purpose, account_id: str, ids: Sequence[str], seconds: float) -> str:
    """Keep ids for so many seconds; the ticket.

    Raises:
        RedisError: nothing was kept.
    """
    ticket = secrets.token_urlsafe(24)
    get_redis().set(_key(purpose, account_id, ticket), json.dumps(list(ids)), ex=max(1, round(seconds)))
    return ticket


def redeem(purpose: Purpose, account_id: str, ticket: str) -> list[str] | None:
    """The ids of a ticket, as often as asked; None once it is over, for other accounts and purposes."""
    if len(ticket) > _LONGEST:
        return None
    try:
        kept = get_redis().get(_key(purpose, account_id, ticket))
    except RedisError:
        return None
    return None if kept is None else [str(one) for one in json.loads(kept)]  # type: ignore[arg-type]


def _key(purpose: Purpose, account_id: str, ticket: str) -> str:
    return f"{_PREFIX}:{purpose}:{account_id}:{ticket}"

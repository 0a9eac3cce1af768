"""Hints that something changed, from workers to open pages, over Redis.

The row is the truth, a hint may be lost.

Channel ``sorceress:live``; each message is the JSON of a :class:`Hint`.
"""

from __future__ import annotations

from typing import Final, Literal

import structlog
from pydantic import BaseModel, ConfigDict
from redis import Redis
from redis.exceptions import RedisError

from sorceress_video.library.moves import Moved

CHANNEL: Final = "sorceress:live"

_log = structlog.get_logger(__name__)


class Hint(BaseModel):
    """Something about a clip changed, or about what an account may do.

    ``moved``: the row has another status, or other fields that a card shows: read it again.
    ``progress``: only the fields below changed, and the row may not even have them.
    ``rights``: the account has another role, plan or name: who was believed to be whom is asked anew.
    ``ended``: the account's sessions are over; its pages hear nothing more.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["moved", "progress", "rights", "ended"]
    account: str
    clip: str = ""
    version: int = 0
    status: str = ""
    phase: str | None = None
    progress: float | None = None
    """0…1 where known."""
    queue_position: int | None = None
    """Clips ahead at the provider; 0 is next."""


def hint_of(done: Moved) -> Hint:
    """The hint that tells open pages about a move."""
    return Hint(
        kind="moved",
        account=done.account_id,
        clip=done.clip_id,
        version=done.version,
        status=done.status.value,
        phase=done.phase,
    )


def changed(account_id: str, clip_id: str) -> Hint:
    """The hint that a person changed what their pages show of a clip, in one of them."""
    return Hint(kind="moved", account=account_id, clip=clip_id)


def rights_changed(account_id: str) -> Hint:
    """The hint that every process must ask anew what the account may do."""
    return Hint(kind="rights", account=account_id)


def access_ended(account_id: str) -> Hint:
    """The hint that the account is signed out everywhere."""
    return Hint(kind="ended", account=account_id)


def publish(redis: Redis, *hints: Hint) -> None:
    """Send hints. Redis being away is logged and otherwise ignored: pages read the rows anyway."""
    try:
        pipe = redis.pipeline(transaction=False)
        for hint in hints:
            pipe.publish(CHANNEL, hint.model_dump_json(exclude_none=True))
        pipe.execute()
    except RedisError as error:
        _log.warning("hint lost", error=type(error).__name__)

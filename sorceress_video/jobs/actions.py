"""What a person may ask of their clips. Row first, then the queue, then a hint to their open pages.

Every function takes the account from the signed-in session and touches only that account's clips. They block
on the database and on Redis for a few milliseconds: call them in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from redis.exceptions import RedisError

from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.queues import dispatch_clips, get_redis
from sorceress_video.library import clips, upkeep
from sorceress_video.library.clips import AdmissionRefusedError, Admitted, NewClip
from sorceress_video.library.database import Database, get_database
from sorceress_video.library.moves import Moved
from sorceress_video.settings import get_settings

_log = structlog.get_logger(__name__)

__all__ = [
    "AdmissionRefusedError",
    "Admitted",
    "cancel",
    "dismiss",
    "favorite",
    "generate",
    "recheck",
    "remove",
    "reroll",
    "restore",
    "retry",
]


def generate(account_id: str, token: str, new: Sequence[NewClip]) -> Admitted:
    """Admit all clips of one click, or give back those of the same click before.

    Raises:
        AdmissionRefusedError: nothing was admitted; its sentence says why.
    """
    settings, db = get_settings(), get_database()
    if upkeep.disk_is_low(settings):
        raise AdmissionRefusedError(
            "disk_full", "The server's disk is nearly full. Nothing was sent; ask an admin to free space."
        )
    admitted = clips.admit(db, account_id, token, new, max_active=settings.max_active_clips)
    if admitted.is_new:
        _hand_over(db, admitted.clip_ids)
    return admitted


def reroll(account_id: str, clip_id: str, token: str) -> Admitted | None:
    """The same prompt, inputs and settings once more, as a new clip beside the old one.

    Raises:
        AdmissionRefusedError: nothing was admitted.
    """
    with get_database().read() as session:
        clip = clips.owned(session, account_id, clip_id)
        if clip is None:
            return None
        again = NewClip(
            model_id=clip.model_id,
            model_name=clip.model_name,
            provider=clip.provider,
            endpoint=clip.endpoint,
            mode=clip.mode,
            prompt=clip.prompt,
            settings=clip.settings,
            settings_line=clip.settings_line,
            expected_seconds=clip.expected_seconds,
            estimate_micro_usd=clip.estimate_micro_usd,
            inputs=clips.inputs_of(session, clip_id),
            parent_id=clip.id,
            parent_relation="reroll",
        )
    return generate(account_id, token, [again])


def cancel(account_id: str, clip_id: str) -> Moved | None:
    """Cancel a clip that has not ended. None when there was nothing to cancel."""
    with get_database().write() as session:
        done = clips.cancel(session, account_id, clip_id)
    return _tell(done)


def retry(account_id: str, clip_id: str) -> Moved | None:
    """Another attempt at a failed, cancelled or doubtful clip, on the same card.

    Raises:
        AdmissionRefusedError: the budget does not cover it.
    """
    db = get_database()
    with db.write() as session:
        done = clips.retry(session, account_id, clip_id)
    if done is not None:
        _hand_over(db, [clip_id])
    return _tell(done)


def dismiss(account_id: str, clip_id: str) -> Moved | None:
    """Give a doubtful clip up."""
    with get_database().write() as session:
        done = clips.dismiss(session, account_id, clip_id)
    return _tell(done)


def recheck(account_id: str, clip_id: str) -> Moved | None:
    """Ask the provider now instead of at the next turn. Asking is free."""
    db = get_database()
    with db.write() as session:
        done = clips.hasten(session, account_id, clip_id)
    if done is None:
        return None
    if done.status in ACTIVE and done.status is not ClipStatus.SUBMITTING:
        _hand_over(db, [clip_id])
        _wake(clip_id)
    return _tell(done)


def favorite(account_id: str, clip_id: str, *, favorite: bool) -> bool:
    """Mark or unmark a clip; False when it is not theirs or gone."""
    with get_database().write() as session:
        return clips.set_favorite(session, account_id, clip_id, favorite=favorite)


def remove(account_id: str, clip_id: str) -> bool:
    """Take a clip out of the gallery; one that is being made is cancelled first."""
    with get_database().write() as session:
        clips.cancel(session, account_id, clip_id)
        return clips.remove(session, account_id, clip_id)


def restore(account_id: str, clip_id: str) -> bool:
    """Undo :func:`remove`; False once the files are gone."""
    with get_database().write() as session:
        return clips.restore(session, account_id, clip_id)


WAKE = "sorceress:wake"
"""Channel on which a watcher hears which clip to ask about now."""


def _wake(clip_id: str) -> None:
    try:
        get_redis().publish(WAKE, clip_id)
    except RedisError as error:
        _log.warning("watcher not woken", clip_id=clip_id, error=type(error).__name__)


def _hand_over(db: Database, clip_ids: Sequence[str]) -> None:
    try:
        dispatch_clips(db, get_redis(), clip_ids)
    except RedisError as error:
        _log.warning("not queued, the watcher will", error=type(error).__name__)


def _tell(done: Moved | None) -> Moved | None:
    if done is not None:
        publish(get_redis(), hint_of(done))
    return done

"""What a person may ask of their clips. Row first, then the queue, then a hint to their open pages.

Every function takes the account from the signed-in session and touches only that account's clips. They block
on the database and on Redis for a few milliseconds: call them in a thread.
"""

from __future__ import annotations

import structlog
from redis.exceptions import RedisError

from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.jobs.admission import admit, hand_over
from sorceress_video.jobs.hints import changed, hint_of, publish
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import clips, queue
from sorceress_video.library.clips import Admitted, NewClip
from sorceress_video.library.database import get_database
from sorceress_video.library.moves import Moved

_log = structlog.get_logger(__name__)


def reroll(account_id: str, clip_id: str, token: str) -> Admitted | None:
    """The same prompt, inputs and settings once more, as a new clip beside the old one.

    Raises:
        AdmissionRefusedError: nothing was admitted.
    """
    with get_database().read() as session:
        clip = clips.owned(session, account_id, clip_id)
        if clip is None:
            return None
        clips.check_motion(session, clip)
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
    return admit(account_id, token, [again])


def cancel(account_id: str, clip_id: str) -> Moved | None:
    """Cancel a clip that has not ended. None when there was nothing to cancel."""
    with get_database().write() as session:
        done = clips.cancel(session, account_id, clip_id)
    _wake_if_watched(done)
    return _tell(done)


def cancel_all(account_id: str, batch_id: str = "") -> int:
    """Cancel everything in the making, of one batch or at all; how many clips that were.

    Clips that ask for a decision stay: giving one up is a decision of its own.
    """
    with get_database().write() as session:
        asked = [
            clips.cancel(session, account_id, clip_id)
            for clip_id in queue.active_ids(session, account_id, batch_id)
        ]
    done = [moved for moved in asked if moved is not None]
    for moved in done:
        _wake_if_watched(moved)
    publish(get_redis(), *map(hint_of, done))
    return len(done)


def retry(account_id: str, clip_id: str) -> Moved | None:
    """Another attempt at a failed, cancelled or doubtful clip, on the same card.

    Raises:
        AdmissionRefusedError: the budget does not cover it.
    """
    with get_database().write() as session:
        done = clips.retry(session, account_id, clip_id)
    if done is not None:
        hand_over([clip_id])
    return _tell(done)


def dismiss(account_id: str, clip_id: str) -> Moved | None:
    """Give a doubtful clip up."""
    with get_database().write() as session:
        done = clips.dismiss(session, account_id, clip_id)
    return _tell(done)


def recheck(account_id: str, clip_id: str) -> Moved | None:
    """Ask the provider now instead of at the next turn. Asking is free."""
    with get_database().write() as session:
        done = clips.hasten(session, account_id, clip_id)
    if done is None:
        return None
    if done.status in ACTIVE and done.status is not ClipStatus.SUBMITTING:
        hand_over([clip_id])
        _wake(clip_id)
    return _tell(done)


def favorite(account_id: str, clip_id: str, *, favorite: bool) -> bool:
    """Mark or unmark a clip; False when it is not theirs or gone."""
    with get_database().write() as session:
        marked = clips.set_favorite(session, account_id, clip_id, favorite=favorite)
    publish(get_redis(), changed(account_id, clip_id))
    return marked


def remove(account_id: str, clip_id: str) -> bool:
    """Take a clip out of the gallery; one that is being made is cancelled first."""
    with get_database().write() as session:
        cancelled = clips.cancel(session, account_id, clip_id)
        removed = clips.remove(session, account_id, clip_id)
    _wake_if_watched(cancelled)
    publish(get_redis(), changed(account_id, clip_id))
    return removed


def restore(account_id: str, clip_id: str) -> bool:
    """Undo :func:`remove`; False once the files are gone."""
    with get_database().write() as session:
        restored = clips.restore(session, account_id, clip_id)
    publish(get_redis(), changed(account_id, clip_id))
    return restored


WAKE = "sorceress:wake"
"""Channel on which a watcher hears which clip to ask about now."""


def _wake_if_watched(done: Moved | None) -> None:
    """The watcher tells the provider; a moment earlier saves what it would go on to charge."""
    if done is not None and done.status is ClipStatus.CANCELLING:
        _wake(done.clip_id)


def _wake(clip_id: str) -> None:
    try:
        get_redis().publish(WAKE, clip_id)
    except RedisError as error:
        _log.warning("watcher not woken", clip_id=clip_id, error=type(error).__name__)


def _tell(done: Moved | None) -> Moved | None:
    if done is not None:
        publish(get_redis(), hint_of(done))
    return done

"""Who holds a clip: a queue that it was handed to, a worker at one step, a watcher that asks after it.

A lease is written by compare-and-set and runs out by itself, so that what a dead process held is found again.
None of these functions moves a clip; see :mod:`sorceress_video.library.moves`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import DISPATCHED, WATCHED, ClipStatus
from sorceress_video.library.moves import row_update
from sorceress_video.library.tables import Attempt, Clip, utc_now


@dataclass(frozen=True, slots=True)
class Claimed:
    """A clip handed to a queue: the stage and the number that make the job's id unique."""

    clip_id: str
    status: ClipStatus
    dispatch: int


@dataclass(frozen=True, slots=True)
class Watched:
    """An accepted attempt that a watcher has leased."""

    clip_id: str
    account_id: str
    version: int
    status: ClipStatus
    provider: str
    model_id: str
    model_name: str
    attempt: int
    request_id: str
    status_url: str | None
    response_url: str | None
    cancel_url: str | None
    accepted_at: datetime | None
    """When the provider took this attempt: what its time limit counts from."""


# --- queues and workers ---------------------------------------------------------------------------------


def due(session: Session, limit: int, *, only: Collection[str] | None = None) -> Sequence[Clip]:
    """Clips whose next step is a queue's work, that are due and that nobody holds; ``only`` narrows them."""
    now = utc_now()
    wanted = select(Clip).where(
        col(Clip.status).in_([status.value for status in DISPATCHED]),
        col(Clip.due_at) <= now,
        (col(Clip.lease_until).is_(None)) | (col(Clip.lease_until) < now),
    )
    if only is not None:
        wanted = wanted.where(col(Clip.id).in_(only))
    return session.exec(wanted.order_by(col(Clip.due_at)).limit(limit)).all()


def stale_submits(session: Session, limit: int) -> Sequence[Clip]:
    """Clips whose submit is neither answered nor held by a living process."""
    return session.exec(
        select(Clip)
        .where(Clip.status == ClipStatus.SUBMITTING.value, col(Clip.lease_until) < utc_now())
        .limit(limit)
    ).all()


def stale_submit(session: Session, clip_id: str) -> Clip | None:
    """One of :func:`stale_submits`, if it still is."""
    return session.exec(
        select(Clip).where(
            Clip.id == clip_id,
            Clip.status == ClipStatus.SUBMITTING.value,
            col(Clip.lease_until) < utc_now(),
        )
    ).first()


def claim(session: Session, clip: Clip, lease: timedelta, *, anew: bool = True) -> Claimed | None:
    """Take a due clip for a queue until the lease runs out: ``anew`` as one more dispatch.

    An owner whose lease ran out has died at the step; that counts as a trouble.
    """
    now = utc_now()
    died = clip.lease_owner is not None
    dispatch = clip.dispatch + 1 if anew else clip.dispatch
    done = session.exec(
        row_update(Clip)
        .where(
            col(Clip.id) == clip.id,
            col(Clip.status) == clip.status,
            col(Clip.dispatch) == clip.dispatch,
            (col(Clip.lease_until).is_(None)) | (col(Clip.lease_until) < now),
        )
        .values(
            dispatch=dispatch,
            lease_until=now + lease,
            lease_owner=None,
            failures=col(Clip.failures) + (1 if died else 0),
        )
    )
    if done.rowcount != 1:
        return None
    return Claimed(clip.id, ClipStatus(clip.status), dispatch)


def take(
    session: Session, clip_id: str, statuses: Collection[ClipStatus], owner: str, lease: timedelta
) -> Clip | None:
    """What a worker does first: hold the clip if it is due for this step and no living worker has it.

    A job that RQ runs a second time, or that was queued twice, finds nothing to do.
    """
    now = utc_now()
    done = session.exec(
        row_update(Clip)
        .where(
            col(Clip.id) == clip_id,
            col(Clip.status).in_([status.value for status in statuses]),
            col(Clip.due_at) <= now,
            (col(Clip.lease_owner).is_(None)) | (col(Clip.lease_until) < now),
        )
        .values(lease_owner=owner, lease_until=now + lease)
    )
    return session.get(Clip, clip_id) if done.rowcount == 1 else None


def hold(session: Session, clip_id: str, owner: str, lease: timedelta) -> bool:
    """Go on holding a clip; False when it is no longer this owner's."""
    done = session.exec(
        row_update(Clip)
        .where(col(Clip.id) == clip_id, col(Clip.lease_owner) == owner)
        .values(lease_until=utc_now() + lease)
    )
    return bool(done.rowcount == 1)


# --- watching -------------------------------------------------------------------------------------------


def any_unwatched(session: Session) -> bool:
    """Whether :func:`lease_watched` would find anything; a read, so that an idle watcher never writes."""
    free = (col(Clip.lease_until).is_(None)) | (col(Clip.lease_until) < utc_now())
    found = session.exec(
        select(Clip.id).where(col(Clip.status).in_([s.value for s in WATCHED]), free).limit(1)
    ).first()
    return found is not None


def lease_watched(session: Session, owner: str, lease: timedelta, limit: int) -> list[Watched]:
    """Take accepted clips that no living watcher holds."""
    now = utc_now()
    free = (col(Clip.lease_until).is_(None)) | (col(Clip.lease_until) < now)
    ids = session.exec(
        select(Clip.id).where(col(Clip.status).in_([s.value for s in WATCHED]), free).limit(limit)
    ).all()
    if not ids:
        return []
    session.exec(
        row_update(Clip)
        .where(col(Clip.id).in_(ids), col(Clip.status).in_([s.value for s in WATCHED]), free)
        .values(lease_owner=owner, lease_until=now + lease)
    )
    return read_watched(session, owner, ids)


def read_watched(session: Session, owner: str, ids: Sequence[str]) -> list[Watched]:
    """Those of these clips that are this watcher's, with their attempts."""
    rows = session.exec(
        select(Clip, Attempt)
        .join(Attempt, (col(Attempt.clip_id) == col(Clip.id)) & (col(Attempt.number) == col(Clip.attempt)))
        .where(
            col(Clip.id).in_(ids),
            Clip.lease_owner == owner,
            col(Clip.status).in_([s.value for s in WATCHED]),
        )
    ).all()
    return [_watched(clip, attempt) for clip, attempt in rows if attempt.request_id]


def renew_watched(session: Session, owner: str, lease: timedelta) -> None:
    """Hold everything that this watcher has for a while longer."""
    session.exec(
        row_update(Clip)
        .where(col(Clip.lease_owner) == owner, col(Clip.status).in_([s.value for s in WATCHED]))
        .values(lease_until=utc_now() + lease)
    )


def release_watched(session: Session, owner: str) -> None:
    """Let go of everything that this watcher has."""
    session.exec(
        row_update(Clip)
        .where(col(Clip.lease_owner) == owner, col(Clip.status).in_([s.value for s in WATCHED]))
        .values(lease_owner=None, lease_until=None)
    )


def held_by(session: Session, owner: str) -> dict[str, int]:
    """Ids and versions of everything that this watcher has, by which it sees what a person changed."""
    rows = session.exec(
        select(Clip.id, Clip.version).where(
            Clip.lease_owner == owner, col(Clip.status).in_([s.value for s in WATCHED])
        )
    ).all()
    return dict(rows)


def _watched(clip: Clip, attempt: Attempt) -> Watched:
    return Watched(
        clip_id=clip.id,
        account_id=clip.account_id,
        version=clip.version,
        status=ClipStatus(clip.status),
        provider=clip.provider,
        model_id=clip.model_id,
        model_name=clip.model_name,
        attempt=clip.attempt,
        request_id=attempt.request_id or "",
        status_url=attempt.status_url,
        response_url=attempt.response_url,
        cancel_url=attempt.cancel_url,
        accepted_at=attempt.accepted_at,
    )

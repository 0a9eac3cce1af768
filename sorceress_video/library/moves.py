"""Moving clips from state to state. Every function is one step of a clip's life inside one transaction.

A step reads the row, asks :mod:`sorceress_video.generation.lifecycle` where the move leads, and writes by
compare-and-set on status and version. It answers None where the clip was no longer where the caller believed:
somebody else moved it, and the caller drops what it has.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Update
from sqlalchemy import update as sql_update
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import (
    DISPATCHED,
    WATCHED,
    ClipStatus,
    IllegalMoveError,
    Move,
    destination,
)
from sorceress_video.library import ledger
from sorceress_video.library.tables import Asset, Attempt, Clip, utc_now

PHASE_LENGTH: Final = 32
CODE_LENGTH: Final = 64
"""Characters that the columns hold. PostgreSQL refuses longer ones, and codes are a provider's words."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A clip after a step, as much of it as a hint says."""

    clip_id: str
    account_id: str
    version: int
    status: ClipStatus
    attempt: int
    phase: str | None


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


def _update(table: type[Clip] | type[Attempt]) -> Update:
    """An UPDATE that leaves loaded objects alone; who needs the new row refreshes it."""
    return sql_update(table).execution_options(synchronize_session=False)


def shift(session: Session, clip: Clip, move: Move, **changes: Any) -> Moved | None:
    """Make one move by compare-and-set; the other columns in ``changes`` go along with it.

    Returns:
        The clip after the move; None when the move is not legal from where the clip stands now.
    """
    try:
        to = destination(ClipStatus(clip.status), move)
    except IllegalMoveError:
        return None
    columns = {"failures": 0, "lease_until": None, "lease_owner": None, "due_at": utc_now(), **changes}
    done = session.exec(
        _update(Clip)
        .where(col(Clip.id) == clip.id, col(Clip.status) == clip.status, col(Clip.version) == clip.version)
        .values(status=to.value, version=clip.version + 1, **columns)
    )
    if done.rowcount != 1:
        return None
    session.refresh(clip)
    return moved(clip)


def at(session: Session, clip_id: str, version: int) -> Clip | None:
    """The clip, if it still is at the version that the caller has seen."""
    clip = session.get(Clip, clip_id)
    return clip if clip is not None and clip.version == version else None


def moved(clip: Clip) -> Moved:
    """The clip as a hint shows it."""
    return Moved(clip.id, clip.account_id, clip.version, ClipStatus(clip.status), clip.attempt, clip.phase)


# --- the outbox -----------------------------------------------------------------------------------------


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
        _update(Clip)
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
        _update(Clip)
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
        _update(Clip)
        .where(col(Clip.id) == clip_id, col(Clip.lease_owner) == owner)
        .values(lease_until=utc_now() + lease)
    )
    return bool(done.rowcount == 1)


def show(session: Session, clip_id: str, version: int, **changes: Any) -> bool:
    """Change what a card shows (phase, progress, position) without a move; lost if the clip moved on."""
    done = session.exec(
        _update(Clip).where(col(Clip.id) == clip_id, col(Clip.version) == version).values(**changes)
    )
    return bool(done.rowcount == 1)


def postpone(session: Session, clip: Clip, until: datetime, **changes: Any) -> bool:
    """Try the same step again later; counts as a trouble."""
    done = session.exec(
        _update(Clip)
        .where(col(Clip.id) == clip.id, col(Clip.status) == clip.status, col(Clip.version) == clip.version)
        .values(due_at=until, lease_until=None, lease_owner=None, failures=clip.failures + 1, **changes)
    )
    return bool(done.rowcount == 1)


# --- submitting -----------------------------------------------------------------------------------------


def begin_attempt(session: Session, clip: Clip, lease: timedelta) -> Moved | None:
    """Write that an attempt is about to be sent. Nothing may be sent unless this was committed.

    The clip stays with the worker that holds it.
    """
    number = clip.attempt + 1
    changes: dict[str, Any] = {
        "attempt": number,
        "lease_until": utc_now() + lease,
        "lease_owner": clip.lease_owner,
        "phase": "Sending",
        "failures": clip.failures,  # Only an accepted attempt ends a row of troubles.
    }
    if clip.started_at is None:
        changes["started_at"] = utc_now()
    done = shift(session, clip, Move.SUBMIT, **changes)
    if done is not None:
        session.add(Attempt(clip_id=clip.id, number=number, provider=clip.provider))
        session.flush()
    return done


def leave_for_later(session: Session, clip: Clip, pause: timedelta) -> bool:
    """Let go of an unanswered submit to a provider that knows its key: it is sent again after the pause."""
    done = session.exec(
        _update(Clip)
        .where(
            col(Clip.id) == clip.id,
            col(Clip.status) == ClipStatus.SUBMITTING.value,
            col(Clip.version) == clip.version,
        )
        .values(lease_until=utc_now() + pause, lease_owner=None, failures=clip.failures + 1)
    )
    return bool(done.rowcount == 1)


def accept(
    session: Session,
    clip_id: str,
    number: int,
    *,
    request_id: str,
    status_url: str | None,
    response_url: str | None,
    cancel_url: str | None,
) -> Moved | None:
    """Store what the provider called the attempt. The ticket is kept even where the clip has moved on."""
    session.exec(
        _update(Attempt)
        .where(col(Attempt.clip_id) == clip_id, col(Attempt.number) == number)
        .values(
            state="accepted",
            request_id=request_id,
            status_url=status_url,
            response_url=response_url,
            cancel_url=cancel_url,
            accepted_at=utc_now(),
            ended_at=None,
            error_code=None,
        )
    )
    clip = session.get(Clip, clip_id)
    if clip is None or clip.attempt != number:
        return None
    if clip.status == ClipStatus.AMBIGUOUS.value:
        return _found(session, clip)
    wanted = Move.ACCEPT if clip.cancel_requested_at is None else Move.ACCEPT_CANCELLED
    return shift(session, clip, wanted, waiting_since=None, **_fresh("Waiting at the provider"))


def _found(session: Session, clip: Clip) -> Moved | None:
    """The late word about a doubtful attempt: the doubt is over, a cancel from before it is not."""
    done = shift(
        session,
        clip,
        Move.FIND,
        waiting_since=None,
        error_code=None,
        error_text=None,
        billed=None,
        **_fresh("Waiting at the provider"),
    )
    if done is not None and clip.cancel_requested_at is not None:
        return shift(session, clip, Move.CANCEL, phase="Cancelling")
    return done


def give_back(
    session: Session, clip: Clip, move: Move, until: datetime, *, phase: str | None
) -> Moved | None:
    """The attempt surely costs nothing: wait (BUSY) or queue again (RETURN), with its reserve.

    A clip that was cancelled meanwhile ends here, uncharged.
    """
    number, failures = clip.attempt, clip.failures
    if clip.cancel_requested_at is not None and clip.status == ClipStatus.SUBMITTING.value:
        return end(session, clip, Move.CONFIRM_CANCEL, billed="no")
    done = shift(
        session,
        clip,
        move,
        **_fresh(phase),
        due_at=until,
        failures=failures + 1,
        waiting_since=clip.waiting_since or utc_now(),
    )
    if done is not None:
        _close_attempt(session, clip.id, number, "returned", None)
        ledger.carry(session, clip, number)
    return done


def doubt(session: Session, clip: Clip, *, code: str, sentence: str) -> Moved | None:
    """The answer to the submit never came. Only a person or a look-up moves the clip on."""
    number, code = clip.attempt, code[:CODE_LENGTH]
    done = shift(
        session, clip, Move.DOUBT, error_code=code, error_text=sentence, billed="maybe", **_fresh(None)
    )
    if done is not None:
        _close_attempt(session, clip.id, number, "ambiguous", code)
    return done


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
        _update(Clip)
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
        _update(Clip)
        .where(col(Clip.lease_owner) == owner, col(Clip.status).in_([s.value for s in WATCHED]))
        .values(lease_until=utc_now() + lease)
    )


def release_watched(session: Session, owner: str) -> None:
    """Let go of everything that this watcher has."""
    session.exec(
        _update(Clip)
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


def finish(session: Session, clip_id: str, version: int) -> Moved | None:
    """The provider says that the clip is made: bring it home.

    Troubles of an earlier download go on counting, else a result that is gone would be asked for without end.
    """
    clip = at(session, clip_id, version)
    if clip is None:
        return None
    return shift(session, clip, Move.FINISH, failures=clip.failures, **_fresh("Saving"))


def rewatch(session: Session, clip: Clip, failures: int) -> Moved | None:
    """The result's address went stale: ask the provider for a fresh one."""
    return shift(session, clip, Move.REWATCH, failures=failures, phase="Saving")


# --- endings --------------------------------------------------------------------------------------------


def store(session: Session, clip: Clip, video: Asset, *, seed: int | None, cost: int | None) -> Moved | None:
    """The clip is home: its video belongs to the library, its attempt is paid."""
    number = clip.attempt
    done = shift(
        session,
        clip,
        Move.STORE,
        video_id=video.id,
        seed=seed,
        width=video.width,
        height=video.height,
        seconds=video.seconds,
        finished_at=utc_now(),
        progress=None,
        queue_position=None,
        phase=None,
        error_code=None,
        error_text=None,
        retry_helps=None,
        billed="yes",
    )
    if done is not None:
        clip.cost_micro_usd = ledger.settle(session, clip, number, billed="yes", cost_micro_usd=cost)
        _close_attempt(session, clip.id, number, "ended", None)
    return done


def end(
    session: Session,
    clip: Clip,
    move: Move,
    *,
    billed: str,
    code: str | None = None,
    sentence: str | None = None,
    retry_helps: bool | None = None,
) -> Moved | None:
    """Fail or cancel a clip and close its attempt and its reserve."""
    code = code[:CODE_LENGTH] if code else None
    sent = clip.status not in {ClipStatus.QUEUED.value, ClipStatus.WAITING.value}
    number = (
        clip.attempt if sent else clip.attempt + 1
    )  # Of a clip not sent, the attempt it was set aside for.
    done = shift(
        session,
        clip,
        move,
        attempt=number,  # A number is used once, sent or not, since the ledger goes by it.
        finished_at=utc_now(),
        error_code=code,
        error_text=sentence,
        retry_helps=retry_helps,
        billed=billed,
        **_fresh(None),
    )
    if done is not None:
        clip.cost_micro_usd = ledger.settle(session, clip, number, billed=billed)
        if sent:
            _close_attempt(session, clip.id, number, "refused" if code and billed == "no" else "ended", code)
    return done


def _fresh(phase: str | None) -> dict[str, Any]:
    return {"phase": phase[:PHASE_LENGTH] if phase else None, "progress": None, "queue_position": None}


def _close_attempt(session: Session, clip_id: str, number: int, state: str, code: str | None) -> None:
    session.exec(
        _update(Attempt)
        .where(col(Attempt.clip_id) == clip_id, col(Attempt.number) == number)
        .values(state=state, ended_at=utc_now(), error_code=code)
    )


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

"""Moving clips from state to state. Every function is one step of a clip's life inside one transaction.

A step reads the row, asks :mod:`sorceress_video.generation.lifecycle` where the move leads, and writes by
compare-and-set on status and version. It answers None where the clip was no longer where the caller believed:
somebody else moved it, and the caller drops what it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Update
from sqlalchemy import update as sql_update
from sqlmodel import Session, col

from sorceress_video.generation.lifecycle import (
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


def row_update(table: type[Clip] | type[Attempt]) -> Update:
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
        row_update(Clip)
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


def show(session: Session, clip_id: str, version: int, **changes: Any) -> bool:
    """Change what a card shows (phase, progress, position) without a move; lost if the clip moved on."""
    done = session.exec(
        row_update(Clip).where(col(Clip.id) == clip_id, col(Clip.version) == version).values(**changes)
    )
    return bool(done.rowcount == 1)


def postpone(session: Session, clip: Clip, until: datetime, **changes: Any) -> bool:
    """Try the same step again later; counts as a trouble."""
    done = session.exec(
        row_update(Clip)
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
        row_update(Clip)
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
        row_update(Attempt)
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
        row_update(Attempt)
        .where(col(Attempt.clip_id) == clip_id, col(Attempt.number) == number)
        .values(state=state, ended_at=utc_now(), error_code=code)
    )

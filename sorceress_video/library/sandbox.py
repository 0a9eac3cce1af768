"""Predictions of the built-in Sandbox: what a provider would keep about each request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ACTIVE
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Clip, SandboxPrediction, utc_now

_OPEN: Final = ("queued", "running")


def submit(db: Database, key: str, spec: dict[str, Any]) -> SandboxPrediction:
    """Take a request; the same key again gives the prediction of before."""
    try:
        with db.write(durable=True) as session:
            prediction = _by_key(session, key)
            if prediction is None:
                prediction = SandboxPrediction(key=key, spec=spec)
                session.add(prediction)
            return prediction
    except IntegrityError:
        with db.read() as session:
            found = _by_key(session, key)
            if found is None:
                raise
            return found


def get(session: Session, prediction_id: str) -> SandboxPrediction | None:
    """One prediction."""
    return session.get(SandboxPrediction, prediction_id)


def position(session: Session, prediction: SandboxPrediction) -> int:
    """How many wait before it."""
    return session.exec(
        select(func.count())
        .select_from(SandboxPrediction)
        .where(SandboxPrediction.status == "queued", col(SandboxPrediction.id) < prediction.id)
    ).one()


def due(session: Session, limit: int, *, only: str | None = None) -> Sequence[SandboxPrediction]:
    """Predictions that no living renderer holds."""
    now = utc_now()
    wanted = select(SandboxPrediction).where(
        col(SandboxPrediction.status).in_(_OPEN),
        (col(SandboxPrediction.lease_until).is_(None)) | (col(SandboxPrediction.lease_until) < now),
    )
    if only is not None:
        wanted = wanted.where(SandboxPrediction.id == only)
    return session.exec(wanted.order_by(col(SandboxPrediction.id)).limit(limit)).all()


def claim(
    session: Session, prediction: SandboxPrediction, lease: timedelta, *, anew: bool = True
) -> int | None:
    """Keep a prediction for a queue for a while, ``anew`` as one more dispatch; None if it is taken or over.

    One whose renderer died is waiting again.
    """
    now = utc_now()
    dispatch = prediction.dispatch + 1 if anew else prediction.dispatch
    done = session.exec(
        update(SandboxPrediction)
        .where(
            col(SandboxPrediction.id) == prediction.id,
            col(SandboxPrediction.dispatch) == prediction.dispatch,
            col(SandboxPrediction.status).in_(_OPEN),
            (col(SandboxPrediction.lease_until).is_(None)) | (col(SandboxPrediction.lease_until) < now),
        )
        .values(status="queued", dispatch=dispatch, lease_until=now + lease)
        .execution_options(synchronize_session=False)
    )
    return dispatch if done.rowcount == 1 else None


def take(session: Session, prediction_id: str, lease: timedelta) -> SandboxPrediction | None:
    """What a renderer does first; None when there is nothing to do or another one is at it.

    The dispatch number of the row that comes back is the renderer's own: whoever takes the prediction later
    gets a higher one, and what the earlier one still writes is ignored.
    """
    now = utc_now()
    done = session.exec(
        update(SandboxPrediction)
        .where(
            col(SandboxPrediction.id) == prediction_id,
            (col(SandboxPrediction.status) == "queued")
            | ((col(SandboxPrediction.status) == "running") & (col(SandboxPrediction.lease_until) < now)),
        )
        .values(
            status="running",
            progress=0.0,
            dispatch=col(SandboxPrediction.dispatch) + 1,
            runs=col(SandboxPrediction.runs) + 1,
            lease_until=now + lease,
        )
        .execution_options(synchronize_session=False)
    )
    return session.get(SandboxPrediction, prediction_id) if done.rowcount == 1 else None


def report(session: Session, prediction_id: str, dispatch: int, progress: float, lease: timedelta) -> bool:
    """Write progress and hold on; False when the prediction was cancelled or given to another renderer."""
    done = session.exec(
        update(SandboxPrediction)
        .where(
            col(SandboxPrediction.id) == prediction_id,
            col(SandboxPrediction.dispatch) == dispatch,
            col(SandboxPrediction.status) == "running",
        )
        .values(progress=progress, lease_until=utc_now() + lease)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)


def end(session: Session, prediction_id: str, dispatch: int, status: str, **changes: Any) -> bool:
    """Finish a prediction as ``done`` or ``failed``, if this dispatch still holds it."""
    done = session.exec(
        update(SandboxPrediction)
        .where(
            col(SandboxPrediction.id) == prediction_id,
            col(SandboxPrediction.dispatch) == dispatch,
            col(SandboxPrediction.status) == "running",
        )
        .values(status=status, lease_until=None, **changes)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)


def cancel(session: Session, prediction_id: str) -> bool:
    """Cancel what has not ended; False when it had."""
    done = session.exec(
        update(SandboxPrediction)
        .where(
            col(SandboxPrediction.id) == prediction_id,
            col(SandboxPrediction.status).in_(_OPEN),
        )
        .values(status="cancelled", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)


def forget_settled(session: Session, before: datetime, *, limit: int = 500) -> list[str]:
    """Delete predictions whose clip has come to rest or is gone; their ids. Their films are nobody's then.

    Whether a film is still wanted only the clip knows: while its download fails, the clip is not at rest.
    """
    clip_id = func.substr(col(SandboxPrediction.key), 1, 32)  # The key is the clip's id and the attempt.
    wanted = select(Clip.id).where(
        col(Clip.id) == clip_id, col(Clip.status).in_([status.value for status in ACTIVE])
    )
    ids = session.exec(
        select(SandboxPrediction.id)
        .where(col(SandboxPrediction.created_at) < before, ~wanted.exists())
        .limit(limit)
    ).all()
    session.exec(delete(SandboxPrediction).where(col(SandboxPrediction.id).in_(ids)))
    return list(ids)


def known(session: Session, prediction_ids: Sequence[str]) -> set[str]:
    """Those of these predictions that there are."""
    return set(
        session.exec(select(SandboxPrediction.id).where(col(SandboxPrediction.id).in_(prediction_ids))).all()
    )


def _by_key(session: Session, key: str) -> SandboxPrediction | None:
    return session.exec(select(SandboxPrediction).where(SandboxPrediction.key == key)).first()

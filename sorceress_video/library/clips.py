"""What a person does with clips: admit, cancel, retry, remove, favourite. Always within their own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.catalog.terms import InputRole, Mode
from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus, Move, sources
from sorceress_video.library import ledger, lineage
from sorceress_video.library.database import Database
from sorceress_video.library.ids import new_id
from sorceress_video.library.moves import Moved, end, moved, shift
from sorceress_video.library.tables import Account, Asset, Batch, Clip, ClipInput, utc_now


class AdmissionRefusedError(Exception):
    """Nothing of the request was admitted. The text is for the person.

    Args:
        code: short machine name.
        sentence: what they read.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class NewInput:
    """A file of the account that goes along with a new clip."""

    role: str
    position: int
    asset_id: str


@dataclass(frozen=True, slots=True)
class NewClip:
    """One clip as it was planned."""

    model_id: str
    model_name: str
    provider: str
    endpoint: str
    mode: str
    prompt: str
    settings: dict[str, Any]
    settings_line: str
    expected_seconds: float | None
    estimate_micro_usd: int | None
    inputs: tuple[NewInput, ...] = ()
    parent_id: str | None = None
    parent_relation: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The clips of one request, in the order asked for."""

    clip_ids: tuple[str, ...]
    is_new: bool
    """False where the same token had been admitted before: these are the clips of then."""


def admit(
    db: Database, account_id: str, token: str, clips: Sequence[NewClip], *, max_active: int
) -> Admitted:
    """Write all clips of one request, or none.

    The first clip asked for is the newest, so that the gallery shows them in the order of the models.

    Raises:
        AdmissionRefusedError: another member's file, too many running clips, or the budget does not cover it.
    """
    known = _admitted(db, account_id, token)
    if known is not None:
        return known
    try:
        with db.write() as session:
            _one_at_a_time(session, account_id)
            _check_inputs(session, account_id, clips)
            _check_load(session, account_id, len(clips), max_active)
            _check_budget(session, account_id, clips)
            batch = Batch(account_id=account_id, token=token)
            session.add(batch)
            session.flush()
            ids = sorted((new_id() for _ in clips), reverse=True)
            for clip_id, new in zip(ids, clips, strict=True):
                _insert(session, account_id, batch.id, clip_id, _with_parent(session, account_id, new))
        return Admitted(tuple(ids), is_new=True)
    except IntegrityError:
        known = _admitted(db, account_id, token)  # The same click, a moment earlier, on another connection.
        if known is None:
            raise
        return known


def cancel(session: Session, account_id: str, clip_id: str) -> Moved | None:
    """Cancel a clip: at once where nothing was sent, else as soon as the provider confirms."""
    clip = owned(session, account_id, clip_id)
    if clip is None:
        return None
    if clip.status == ClipStatus.SUBMITTING.value:
        return _note_cancel(session, clip)
    if ClipStatus(clip.status) not in sources(Move.CANCEL):
        return None
    if clip.status == ClipStatus.RUNNING.value:
        # The lease stays: the watcher that holds the clip sees its new version and tells the provider.
        return shift(
            session,
            clip,
            Move.CANCEL,
            cancel_requested_at=utc_now(),
            phase="Cancelling",
            lease_owner=clip.lease_owner,
            lease_until=clip.lease_until,
        )
    billed = {ClipStatus.FETCHING.value: "yes", ClipStatus.AMBIGUOUS.value: "maybe"}.get(clip.status, "no")
    return end(session, clip, Move.CANCEL, billed=billed)


def retry(session: Session, account_id: str, clip_id: str) -> Moved | None:
    """Another attempt at a failed, cancelled or doubtful clip: same inputs, same settings.

    Raises:
        AdmissionRefusedError: the budget does not cover it, or its motion video is no longer kept.
    """
    clip = owned(session, account_id, clip_id)
    if clip is None or ClipStatus(clip.status) not in sources(Move.RETRY):
        return None
    check_motion(session, clip)
    _one_at_a_time(session, account_id)
    _within_budget(session, account_id, clip.estimate_micro_usd or 0)
    if clip.status == ClipStatus.AMBIGUOUS.value:
        ledger.settle(session, clip, clip.attempt, billed="maybe")
    number = clip.attempt
    done = shift(
        session,
        clip,
        Move.RETRY,
        phase=None,
        progress=None,
        queue_position=None,
        error_code=None,
        error_text=None,
        retry_helps=None,
        billed=None,
        cost_micro_usd=None,
        cancel_requested_at=None,
        waiting_since=None,
        started_at=None,
        finished_at=None,
    )
    if done is not None:
        ledger.reserve(session, clip, number + 1)
    return done


def check_motion(session: Session, clip: Clip) -> None:
    """Whether a clip of Motion Match still has its motion video.

    Raises:
        AdmissionRefusedError: ``motion_gone``; the upkeep took it.
    """
    if clip.mode != Mode.MOTION.value:
        return
    if not any(given.role == InputRole.MOTION_CLIP for given in inputs_of(session, clip.id)):
        raise AdmissionRefusedError(
            "motion_gone",
            "The motion video of this clip is no longer kept. Add a new one and generate again.",
        )


def dismiss(session: Session, account_id: str, clip_id: str) -> Moved | None:
    """Give a doubtful clip up: it counts as failed, and perhaps as charged."""
    clip = owned(session, account_id, clip_id)
    if clip is None or clip.status != ClipStatus.AMBIGUOUS.value:
        return None
    return end(
        session, clip, Move.FAIL, billed="maybe", code="dismissed", sentence=clip.error_text, retry_helps=True
    )


def hasten(session: Session, account_id: str, clip_id: str) -> Moved | None:
    """Recheck: whatever the clip waits for is due now."""
    clip = owned(session, account_id, clip_id)
    if clip is None or ClipStatus(clip.status) not in ACTIVE:
        return None
    session.exec(update(Clip).where(col(Clip.id) == clip_id).values(due_at=utc_now()))
    return moved(clip)


def set_favorite(session: Session, account_id: str, clip_id: str, *, favorite: bool) -> bool:
    """Mark or unmark a clip; False when it is not there."""
    return _touch(session, account_id, clip_id, favorite=favorite)


def remove(session: Session, account_id: str, clip_id: str) -> bool:
    """Take a clip out of the gallery. Running ones are cancelled first by the caller. Can be undone."""
    return _touch(session, account_id, clip_id, removed_at=utc_now())


def restore(session: Session, account_id: str, clip_id: str) -> bool:
    """Undo :func:`remove`; False once the upkeep has taken the clip."""
    done = session.exec(
        update(Clip)
        .where(col(Clip.id) == clip_id, col(Clip.account_id) == account_id)
        .values(removed_at=None)
    )
    return bool(done.rowcount == 1)


def owned(session: Session, account_id: str, clip_id: str) -> Clip | None:
    """A clip of the account that was not removed."""
    return session.exec(
        select(Clip).where(Clip.id == clip_id, Clip.account_id == account_id, col(Clip.removed_at).is_(None))
    ).first()


def inputs_of(session: Session, clip_id: str) -> tuple[NewInput, ...]:
    """The frozen inputs of a clip, to be used again."""
    rows = session.exec(
        select(ClipInput)
        .where(ClipInput.clip_id == clip_id)
        .order_by(col(ClipInput.role), col(ClipInput.position))
    ).all()
    return tuple(NewInput(row.role, row.position, row.asset_id) for row in rows)


def _admitted(db: Database, account_id: str, token: str) -> Admitted | None:
    with db.read() as session:
        batch_id = session.exec(
            select(Batch.id).where(Batch.account_id == account_id, Batch.token == token)
        ).first()
        if batch_id is None:
            return None
        ids = session.exec(
            select(Clip.id).where(Clip.batch_id == batch_id).order_by(col(Clip.id).desc())
        ).all()
        return Admitted(tuple(ids), is_new=False)


def _one_at_a_time(session: Session, account_id: str) -> None:
    """Let requests of one account pass one after the other, so that two cannot share what is left.

    SQLite's writers queue anyway; PostgreSQL needs the row's lock. A request that was on its way while its
    account was deactivated ends here.

    Raises:
        AdmissionRefusedError: the account is deactivated.
    """
    query = select(Account.disabled_at).where(Account.id == account_id).with_for_update()
    if session.exec(query).one() is not None:
        raise AdmissionRefusedError("deactivated", "Your account is deactivated. Nothing was sent.")


def _check_inputs(session: Session, account_id: str, clips: Sequence[NewClip]) -> None:
    asked = {given.asset_id for clip in clips for given in clip.inputs}
    if not asked:
        return
    found = session.exec(
        select(func.count())
        .select_from(Asset)
        .where(col(Asset.id).in_(asked), Asset.account_id == account_id, col(Asset.deleted_at).is_(None))
    ).one()
    if found != len(asked):
        raise AdmissionRefusedError("input_gone", "One of the files is no longer there. Add it again.")


def _check_load(session: Session, account_id: str, more: int, max_active: int) -> None:
    running = session.exec(
        select(func.count())
        .select_from(Clip)
        .where(Clip.account_id == account_id, col(Clip.status).in_([status.value for status in ACTIVE]))
    ).one()
    if running + more > max_active:
        raise AdmissionRefusedError(
            "too_many_active",
            f"{running} clips are being made already, and {max_active} at a time is the limit here.",
        )


def _check_budget(session: Session, account_id: str, clips: Sequence[NewClip]) -> None:
    _within_budget(session, account_id, sum(clip.estimate_micro_usd or 0 for clip in clips))


def _within_budget(session: Session, account_id: str, needed: int) -> None:
    try:
        ledger.check_budget(session, account_id, needed)
    except ledger.BudgetExceededError as error:
        raise AdmissionRefusedError(
            "budget",
            f"This needs ${error.needed / 1e6:,.2f}; this month's budget has ${error.left / 1e6:,.2f} left.",
        ) from error


def _with_parent(session: Session, account_id: str, new: NewClip) -> NewClip:
    """The clip with the parent that its frames name, unless it has one."""
    if new.parent_id is not None:
        return new
    parent = lineage.parent_of(session, account_id, [(given.role, given.asset_id) for given in new.inputs])
    return replace(new, parent_id=parent.clip_id, parent_relation=parent.relation) if parent else new


def _insert(session: Session, account_id: str, batch_id: str, clip_id: str, new: NewClip) -> None:
    clip = Clip(
        id=clip_id,
        account_id=account_id,
        batch_id=batch_id,
        parent_id=new.parent_id,
        parent_relation=new.parent_relation,
        model_id=new.model_id,
        model_name=new.model_name,
        provider=new.provider,
        endpoint=new.endpoint,
        mode=new.mode,
        prompt=new.prompt,
        settings=new.settings,
        settings_line=new.settings_line,
        expected_seconds=new.expected_seconds,
        estimate_micro_usd=new.estimate_micro_usd,
    )
    session.add(clip)
    session.flush()
    for given in new.inputs:
        session.add(
            ClipInput(clip_id=clip_id, role=given.role, position=given.position, asset_id=given.asset_id)
        )
    ledger.reserve(session, clip, 1)


def _note_cancel(session: Session, clip: Clip) -> Moved | None:
    done = session.exec(
        update(Clip)
        .where(col(Clip.id) == clip.id, col(Clip.status) == ClipStatus.SUBMITTING.value)
        .values(cancel_requested_at=utc_now(), phase="Cancelling")
    )
    if done.rowcount != 1:
        return None
    session.refresh(clip)
    return moved(clip)


def _touch(session: Session, account_id: str, clip_id: str, **changes: Any) -> bool:
    done = session.exec(
        update(Clip)
        .where(col(Clip.id) == clip_id, col(Clip.account_id) == account_id, col(Clip.removed_at).is_(None))
        .values(**changes)
    )
    return bool(done.rowcount == 1)

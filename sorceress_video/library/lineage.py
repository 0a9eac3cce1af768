"""Where clips come from: the parent that a frame names, and the relatives of one clip, a few of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Asset, Clip

MOST_RELATIVES: Final = 12
"""Siblings, and children, that are named at most; the rest is counted."""

_ROLES: Final = ("start_frame", "character", "end_frame", "reference_image")
"""Whose frame makes a clip the child of another, the first that has one."""
_FRAMES_OF_GRACE: Final = 1.5
"""The last frame begins this many frames before the end, or later."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The clip that another one comes from, and how."""

    clip_id: str
    relation: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A clip in the family of another. ``poster_url`` is None while there is no picture of it."""

    id: str
    model_name: str
    prompt: str
    status: ClipStatus
    relation: str | None
    """How it comes from its parent."""
    poster_url: str | None
    video_url: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """The relatives of a clip; never more than one generation up and down."""

    parent: Relative | None
    siblings: tuple[Relative, ...]
    """Those of the same click, in its order, the clip itself among them."""
    children: tuple[Relative, ...]
    """Newest first."""
    more_children: int
    relation: str | None = None
    """How the clip itself comes from its parent."""


def parent_of(session: Session, account_id: str, inputs: Iterable[tuple[str, str]]) -> Parent | None:
    """The clip whose frame is among the inputs of a new clip.

    Args:
        session: of the admission.
        account_id: whose clip it will be.
        inputs: role and asset id of each.
    """
    by_role = {role: asset_id for role, asset_id in reversed(list(inputs)) if role in _ROLES}
    if not by_role:
        return None
    frames = {
        frame.id: frame
        for frame in session.exec(
            select(Asset).where(
                col(Asset.id).in_(by_role.values()),
                Asset.account_id == account_id,
                Asset.origin == "frame",
                col(Asset.source_clip_id).is_not(None),
            )
        )
    }
    for role in _ROLES:
        frame = frames.get(by_role.get(role, ""))
        source = session.get(Clip, frame.source_clip_id) if frame else None
        if frame is None or source is None or source.account_id != account_id:
            continue
        begins = role in ("start_frame", "character")
        is_last = begins and _is_last(session, source, frame.source_seconds)
        return Parent(source.id, "continue" if is_last else "frame")
    return None


def family(db: Database, account_id: str, clip_id: str) -> Family:
    """The relatives of a clip of the account; nobody where it is not theirs."""
    with db.read() as session:
        clip = session.exec(
            select(Clip).where(
                Clip.id == clip_id, Clip.account_id == account_id, col(Clip.removed_at).is_(None)
            )
        ).first()
        if clip is None:
            return Family(None, (), (), 0)
        shown = (Clip.account_id == account_id, col(Clip.removed_at).is_(None))
        newest = col(Clip.id).desc()
        parents = select(Clip.id).where(*shown, Clip.id == clip.parent_id)
        siblings = select(Clip.id).where(*shown, Clip.batch_id == clip.batch_id)
        children = select(Clip.id).where(*shown, Clip.parent_id == clip_id)
        parent_ids = list(session.exec(parents)) if clip.parent_id else []
        sibling_ids = list(session.exec(siblings.order_by(newest).limit(MOST_RELATIVES)))
        if clip_id not in sibling_ids:
            sibling_ids[-1] = clip_id
        child_ids = list(session.exec(children.order_by(newest).limit(MOST_RELATIVES)))
        total = len(child_ids)
        if total == MOST_RELATIVES:
            total = session.exec(select(func.count()).select_from(children.subquery())).one()
        known = _relatives(session, {*parent_ids, *sibling_ids, *child_ids})
    return Family(
        parent=known[parent_ids[0]] if parent_ids else None,
        siblings=tuple(known[one] for one in sibling_ids),
        children=tuple(known[one] for one in child_ids),
        more_children=total - len(child_ids),
        relation=clip.parent_relation,
    )


def _is_last(session: Session, source: Clip, seconds: float | None) -> bool:
    video = session.get(Asset, source.video_id) if source.video_id else None
    if video is None or seconds is None or not video.seconds:
        return False
    return seconds >= video.seconds - _FRAMES_OF_GRACE / (video.fps or 24.0)


def _relatives(session: Session, ids: set[str]) -> dict[str, Relative]:
    rows = session.exec(
        select(Clip, Asset)
        .join(Asset, col(Asset.id) == col(Clip.video_id), isouter=True)
        .where(col(Clip.id).in_(ids))
    )
    return {clip.id: _relative(clip, video) for clip, video in rows}


def _relative(clip: Clip, video: Asset | None) -> Relative:
    base = f"/media/{video.id}" if video else None
    return Relative(
        id=clip.id,
        model_name=clip.model_name,
        prompt=clip.prompt,
        status=ClipStatus(clip.status),
        relation=clip.parent_relation,
        poster_url=f"{base}/poster" if base and video and video.poster_key else None,
        video_url=f"{base}/video" if base else None,
        width=clip.width,
        height=clip.height,
    )

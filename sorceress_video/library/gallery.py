"""What the gallery and the lightbox read: windows of an account's clips, newest first, and one clip whole."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.library.database import Database
from sorceress_video.library.listing import Listing, listing
from sorceress_video.library.search import parse
from sorceress_video.library.sharing import may_look, open_collection
from sorceress_video.library.tables import Asset, Clip, ClipInput, Collection, CollectionClip

View = Literal["all", "favorites"]


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """What the gallery shows."""

    view: View = "all"
    search: str = ""
    """What the search box says; see :mod:`sorceress_video.library.search`."""
    collection_id: str = ""
    """Only clips of this collection: the account's own, or one that is shared with the team."""
    zone: str = "UTC"
    """The person's time zone, of the IANA names that :mod:`zoneinfo` has: their days are searched."""


@dataclass(frozen=True, slots=True)
class ClipCard:
    """One card of the gallery. Addresses are paths on this server; times are aware UTC."""

    id: str
    status: ClipStatus
    version: int
    model_id: str
    model_name: str
    mode: str
    prompt: str
    settings_line: str
    favorite: bool
    phase: str | None
    queue_position: int | None
    progress: float | None
    error_text: str | None
    retry_helps: bool | None
    billed: str | None
    cost_micro_usd: int | None
    estimate_micro_usd: int | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    width: int | None
    """Pixels of the finished video."""
    height: int | None
    seconds: float | None
    video_url: str | None
    preview_url: str | None
    poster_url: str | None
    start_frame_url: str | None
    """Small picture of the start frame, for a clip that is still being made."""

    @property
    def active(self) -> bool:
        """Whether something will still happen by itself."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """A window of the gallery: ``cards[0]`` is number ``start`` of ``total``."""

    total: int
    start: int
    cards: list[ClipCard]


@dataclass(frozen=True, slots=True)
class DetailInput:
    """A file that went along with a clip."""

    role: str
    position: int
    asset_id: str
    kind: str
    name: str
    width: int | None
    height: int | None
    seconds: float | None
    url: str
    poster_url: str | None


@dataclass(frozen=True, slots=True)
class ClipDetail:
    """One clip with everything that the lightbox and “Reuse” need."""

    card: ClipCard
    own: bool
    """False where somebody shares it: it is there to be looked at."""
    settings: dict[str, Any]
    inputs: tuple[DetailInput, ...]
    seed: int | None
    fps: float | None
    has_audio: bool
    bytes: int | None
    attempt: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The completed clips around one, the clip itself among them, in gallery order (newest first)."""

    clips: tuple[ClipCard, ...]
    index: int
    """Number of the clip among the completed ones of the filter, from 0; −1 when the filter leaves it out."""
    total: int


def page(db: Database, account_id: str, shown: GalleryFilter, start: int, limit: int) -> GalleryPage:
    """At most ``limit`` cards from number ``start``, which is moved back where it lies past the end."""
    with db.read() as session:
        clips = _shown(session, account_id, shown)
        total = clips.count(session)
        start = max(0, min(start, total - 1))
        return GalleryPage(total, start, _cards(session, account_id, clips.ids(session, start, limit)))


def cards(db: Database, account_id: str, ids: Sequence[str]) -> list[ClipCard]:
    """The present cards of some clips of the account, in the order of ``ids``; those gone are left out."""
    with db.read() as session:
        owned = session.exec(
            select(Clip.id).where(
                Clip.account_id == account_id, col(Clip.removed_at).is_(None), col(Clip.id).in_(ids)
            )
        ).all()
        known = set(owned)
        return _cards(session, account_id, [clip_id for clip_id in ids if clip_id in known])


def position(db: Database, account_id: str, shown: GalleryFilter, clip_id: str) -> int | None:
    """Number of a clip in the gallery as shown, from 0; None when it is not in it."""
    with db.read() as session:
        clips = _shown(session, account_id, shown)
        return clips.newer_than(session, clip_id) if clips.has(session, clip_id) else None


def newer_than(db: Database, account_id: str, shown: GalleryFilter, clip_id: str) -> int:
    """How many clips as shown are newer than one, whether that one is among them or not."""
    with db.read() as session:
        return _shown(session, account_id, shown).newer_than(session, clip_id)


def newest(db: Database, account_id: str, shown: GalleryFilter) -> str:
    """Id of the first clip as shown; "" where there is none."""
    with db.read() as session:
        return next(iter(_shown(session, account_id, shown).ids(session, 0, 1)), "")


def neighbours(
    db: Database, account_id: str, shown: GalleryFilter, clip_id: str, *, reach: int = 5
) -> Neighbours:
    """The completed clips around one, at most ``reach`` on each side: the way through the lightbox."""
    with db.read() as session:
        clips = _shown(session, account_id, shown, completed=True)
        before, after = clips.around(session, clip_id, reach)
        index, total = clips.number_of(session, clip_id)
        itself = session.exec(select(Clip.id).where(col(Clip.id) == clip_id, may_look(account_id))).all()
        around = _cards(session, account_id, [*before, *itself, *after])
        return Neighbours(tuple(card for card in around if card.video_url), index, total)


def detail(db: Database, account_id: str, clip_id: str) -> ClipDetail | None:
    """One clip whole that the account may look at; None when it may not, or when it was removed.

    Of a clip that somebody shares, what it cost and what went into it are left out.
    """
    with db.read() as session:
        clip = session.exec(select(Clip).where(Clip.id == clip_id, may_look(account_id))).first()
        if clip is None:
            return None
        own = clip.account_id == account_id
        video = session.get(Asset, clip.video_id) if clip.video_id else None
        return ClipDetail(
            card=_cards(session, account_id, [clip.id])[0],
            own=own,
            settings=clip.settings,
            inputs=_inputs(session, clip.id) if own else (),
            seed=clip.seed,
            fps=video.fps if video else None,
            has_audio=bool(video and video.has_audio),
            bytes=video.bytes if video else None,
            attempt=clip.attempt,
        )


def last_prompts(db: Database, account_id: str, *, sample: int = 60) -> list[str]:
    """The prompts of an account's last ``sample`` clips, the newest first and each once."""
    query = (
        select(Clip.prompt)
        .where(col(Clip.account_id) == account_id, col(Clip.removed_at).is_(None))
        .order_by(col(Clip.id).desc())
        .limit(sample)
    )
    with db.read() as session:
        return list(dict.fromkeys(prompt for prompt in session.exec(query) if prompt))


def models_made_with(db: Database, account_id: str, known: Container[str]) -> list[str]:
    """Names of the models, beyond the known ones, of which the account has clips.

    One step in an index for each model that anybody used, and a search for those that are not known.
    """
    names: list[str] = []
    last = ""
    with db.read() as session:
        while True:
            query = select(Clip.model_id, Clip.model_name).where(col(Clip.model_id) > last)
            found = session.exec(query.order_by(col(Clip.model_id)).limit(1)).first()
            if found is None:
                return names
            last, name = found
            of_it = GalleryFilter(search=f'model:"{name}"')
            if name not in known and _shown(session, account_id, of_it).ids(session, 0, 1):
                names.append(name)


def usual_seconds(db: Database, model_id: str, *, sample: int = 20) -> float | None:
    """Median time from start to finish of the model's last clips on this deployment; None before three."""
    with db.read() as session:
        rows = session.exec(
            select(Clip.started_at, Clip.finished_at)
            .where(Clip.model_id == model_id, Clip.status == ClipStatus.COMPLETED.value)
            .order_by(col(Clip.id).desc())
            .limit(sample)
        ).all()
    times = [(end - begin).total_seconds() for begin, end in rows if begin and end]
    return median(times) if len(times) >= 3 else None


def shown_by(session: Session, account_id: str, shown: GalleryFilter) -> tuple[ColumnElement[bool], ...]:
    """Conditions on a clip: the account may look at it, and the filter shows it."""
    return _shown(session, account_id, shown).of_clips()


def _shown(session: Session, account_id: str, shown: GalleryFilter, *, completed: bool = False) -> Listing:
    return listing(
        session,
        account_id,
        parse(shown.search, datetime.now(ZoneInfo(shown.zone))),
        completed=completed,
        narrower=[col(Clip.favorite).is_(True)] if shown.view == "favorites" else [],
        inside=_inside(account_id, shown) if shown.collection_id else None,
    )


def _inside(account_id: str, shown: GalleryFilter) -> ColumnElement[bool]:
    inside = (
        select(CollectionClip.clip_id)
        .join(Collection, col(Collection.id) == col(CollectionClip.collection_id))
        .where(col(Collection.id) == shown.collection_id, open_collection(account_id))
    )
    return col(Clip.id).in_(inside)


def _cards(session: Session, account_id: str, ids: Sequence[str]) -> list[ClipCard]:
    if not ids:
        return []
    rows = session.exec(
        select(Clip, Asset)
        .join(Asset, col(Asset.id) == col(Clip.video_id), isouter=True)
        .where(col(Clip.id).in_(ids))
    ).all()
    unfinished = [clip.id for clip, video in rows if video is None]
    frames = _first_frames(session, unfinished)
    by_id = {clip.id: _card(account_id, clip, video, frames.get(clip.id)) for clip, video in rows}
    return [by_id[clip_id] for clip_id in ids if clip_id in by_id]


def _first_frames(session: Session, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = session.exec(
        select(ClipInput.clip_id, ClipInput.asset_id).where(
            col(ClipInput.clip_id).in_(ids),
            col(ClipInput.role).in_(["start_frame", "character"]),
            ClipInput.position == 0,
        )
    ).all()
    return {clip_id: f"/media/{asset_id}/poster" for clip_id, asset_id in rows}


def _card(account_id: str, clip: Clip, video: Asset | None, start_frame_url: str | None) -> ClipCard:
    own = clip.account_id == account_id  # Others see neither its money nor its heart.
    base = f"/media/{video.id}" if video else None
    return ClipCard(
        id=clip.id,
        status=ClipStatus(clip.status),
        version=clip.version,
        model_id=clip.model_id,
        model_name=clip.model_name,
        mode=clip.mode,
        prompt=clip.prompt,
        settings_line=clip.settings_line,
        favorite=own and clip.favorite,
        phase=clip.phase,
        queue_position=clip.queue_position,
        progress=clip.progress,
        error_text=clip.error_text,
        retry_helps=clip.retry_helps,
        billed=clip.billed if own else None,
        cost_micro_usd=clip.cost_micro_usd if own else None,
        estimate_micro_usd=clip.estimate_micro_usd if own else None,
        cancel_requested=clip.cancel_requested_at is not None,
        created_at=clip.created_at,
        started_at=clip.started_at,
        finished_at=clip.finished_at,
        width=clip.width,
        height=clip.height,
        seconds=clip.seconds,
        video_url=f"{base}/video" if base else None,
        preview_url=f"{base}/preview" if base and video and video.preview_key else None,
        poster_url=f"{base}/poster" if base and video and video.poster_key else None,
        start_frame_url=start_frame_url,
    )


def _inputs(session: Session, clip_id: str) -> tuple[DetailInput, ...]:
    rows = session.exec(
        select(ClipInput, Asset)
        .join(Asset, col(Asset.id) == col(ClipInput.asset_id))
        .where(ClipInput.clip_id == clip_id)
        .order_by(col(ClipInput.role), col(ClipInput.position))
    ).all()
    return tuple(
        DetailInput(
            role=given.role,
            position=given.position,
            asset_id=asset.id,
            kind=asset.kind,
            name=asset.name,
            width=asset.width,
            height=asset.height,
            seconds=asset.seconds,
            url=f"/media/{asset.id}/{asset.kind}",
            poster_url=f"/media/{asset.id}/poster" if asset.poster_key else None,
        )
        for given, asset in rows
    )

"""Reading the queue. All of it blocks on the database for milliseconds: call it in a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library import gallery, queue
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import ClipCard
from sorceress_video.ui.gallery.transform import card_of
from sorceress_video.ui.gallery.window import UsualTimes
from sorceress_video.ui.queue.models import Ending, QueueLine

MOST_LINES: Final = 20
"""Clips that the view names; of the rest it says how many there are."""
MOST_ENDINGS: Final = 12
"""Endings that a tab is told of at a time."""

_WAITING: Final = frozenset({ClipStatus.QUEUED, ClipStatus.WAITING})
_TOLD: Final = frozenset({ClipStatus.COMPLETED, ClipStatus.FAILED, ClipStatus.AMBIGUOUS})


@dataclass(frozen=True, slots=True)
class Reading:
    """The queue at one moment."""

    running: int
    waiting: int
    asking: int
    making: tuple[str, ...]
    """Ids of everything that goes on by itself."""
    lines: list[QueueLine]
    more: int
    endings: list[Ending]


def read(
    db: Database, account_id: str, usual: UsualTimes, *, was_making: Sequence[str], with_lines: bool
) -> Reading:
    """The queue now, and what ended since ``was_making`` was read.

    Args:
        db: the database.
        account_id: whose clips.
        usual: usual times of models.
        was_making: ids of an earlier reading.
        with_lines: whether the view is open.
    """
    found = queue.queued(db, account_id)
    asking = sum(clip.status is ClipStatus.AMBIGUOUS for clip in found)
    waiting = sum(clip.status in _WAITING for clip in found)
    making = tuple(clip.id for clip in found if clip.status is not ClipStatus.AMBIGUOUS)
    shown = found[:MOST_LINES] if with_lines else []
    cards = {card.id: card for card in gallery.cards(db, account_id, [clip.id for clip in shown])}
    together = Counter(clip.batch_id for clip in found if clip.status is not ClipStatus.AMBIGUOUS)
    lines = [
        QueueLine(
            card=card_of(cards[clip.id], usual.seconds),
            batch=clip.batch_id,
            together=together[clip.batch_id],
            admitted=int(cards[clip.id].created_at.timestamp()),
        )
        for clip in shown
        if clip.id in cards
    ]
    gone = sorted(set(was_making) - set(making))
    ended = gallery.cards(db, account_id, gone[-MOST_ENDINGS:]) if gone else []
    return Reading(
        running=len(making) - waiting,
        waiting=waiting,
        asking=asking,
        making=making,
        lines=lines,
        more=len(found) - len(lines) if with_lines else 0,
        endings=[_ending(clip, usual) for clip in ended if clip.status in _TOLD],
    )


def _ending(clip: ClipCard, usual: UsualTimes) -> Ending:
    begun = clip.started_at or clip.created_at
    took = (clip.finished_at - begun).total_seconds() if clip.finished_at else 0.0
    return Ending(f"{clip.id}:{clip.version}", max(0, round(took)), card_of(clip, usual.seconds))

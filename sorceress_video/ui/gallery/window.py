"""Reading a window of the gallery. All of it blocks on the database for milliseconds: call it in a thread."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from sorceress_video.catalog import get_catalog
from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.library import gallery
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.transform import card_of

WINDOW: Final = 72
"""Cards that a tab's state holds. A tall screen shows about forty; the rest is margin for scrolling."""

USUAL_SECONDS_KEPT: Final = 60.0
"""How long a model's usual time is believed before it is asked again."""

MOST_NEWS: Final = 3
"""Clips that a screen reader names one by one."""

_NEWS: Final = {
    ClipStatus.COMPLETED.value: "finished",
    ClipStatus.FAILED.value: "failed",
    ClipStatus.AMBIGUOUS.value: "needs your decision",
}
_ACTIVE: Final = frozenset(status.value for status in ACTIVE)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the gallery as the person sees it.

    ``cards[0]`` is number ``start`` of ``total``. While they are away from the top, ``fresh`` newer clips
    wait above: they count neither in ``start`` nor in ``total``.
    """

    total: int
    start: int
    fresh: int
    cards: list[Card]
    place: int = -1
    """Number of the card that was asked for by its clip; −1 at the top."""
    anchor: str = ""
    """The clip that stands first in all, where a place away from the top was asked for."""

    @property
    def active(self) -> bool:
        """Whether something will still happen by itself to one of the cards."""
        return any(is_active(card) for card in self.cards)


class UsualTimes:
    """How long models usually take, asked once a minute for each at most."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[str, tuple[float, float | None]] = {}
        self._lock = Lock()

    def seconds(self, model_id: str) -> float | None:
        """Median of the model's last clips; what its catalog entry says before there are some."""
        now = time.monotonic()
        with self._lock:
            known = self._known.get(model_id)
        if known is not None and now - known[0] < USUAL_SECONDS_KEPT:
            return known[1]
        usual = gallery.usual_seconds(self._db, model_id) or _by_catalog(model_id)
        with self._lock:
            self._known[model_id] = (now, usual)
        return usual


def _by_catalog(model_id: str) -> float | None:
    catalog = get_catalog()
    usual = catalog.get(model_id).usual_seconds if model_id in catalog else None
    return sum(usual) / 2 if usual else None


def is_active(card: Card) -> bool:
    """Whether something will still happen to the clip by itself."""
    return card.status in _ACTIVE


def read_window(
    db: Database,
    account_id: str,
    shown: GalleryFilter,
    usual: UsualTimes,
    *,
    start: int = 0,
    anchor: str = "",
    fresh: int = 0,
    at: str = "",
) -> Window:
    """The window from number ``start`` on.

    Args:
        db: the database.
        account_id: whose clips.
        shown: view and search.
        usual: usual times of models, for clips in the making.
        start: number of the first card, not counting what waits above.
        anchor: the clip that stood first when the person left the top; "" while they are there.
        fresh: how many waited above it last; stands where the anchor itself was removed.
        at: a clip to begin with, in place of ``start``; where it is gone, the next older one.
    """
    if at:
        return _window_at(db, account_id, shown, usual, at)
    above = 0
    if anchor:
        found = gallery.position(db, account_id, shown, anchor)
        above = fresh if found is None else found
    page = gallery.page(db, account_id, shown, start + above, WINDOW)
    if page.start < above:
        # Everything that was below the newer clips is gone: show the gallery from its top.
        above, page = 0, gallery.page(db, account_id, shown, 0, WINDOW)
    short = WINDOW - len(page.cards)
    if short > 0 and page.start > above:
        # At the end a window is moved back rather than cut.
        page = gallery.page(db, account_id, shown, max(above, page.start - short), WINDOW)
    cards = [card_of(clip, usual.seconds) for clip in page.cards]
    return Window(page.total - above, page.start - above, above, cards)


def _window_at(db: Database, account_id: str, shown: GalleryFilter, usual: UsualTimes, at: str) -> Window:
    place = gallery.newer_than(db, account_id, shown, at)
    if place == 0:
        return read_window(db, account_id, shown, usual)
    anchor = gallery.newest(db, account_id, shown)
    window = read_window(db, account_id, shown, usual, start=max(0, place - WINDOW // 4), anchor=anchor)
    return replace(window, place=min(place, window.total - 1), anchor=anchor)


def window_start(first: int, last: int, total: int) -> int:
    """Where a window begins that has the cards from ``first`` to ``last`` in its middle."""
    middle = (max(0, first) + max(0, last)) // 2
    return max(0, min(middle - WINDOW // 2, total - WINDOW))


def news_of(before: Sequence[Card], after: Sequence[Card]) -> str:
    """What a screen reader says of clips that ended between two readings; "" where nothing did."""
    was = {card.id: card for card in before}
    ended = [card for card in after if card.status in _NEWS and (old := was.get(card.id)) and is_active(old)]
    if len(ended) > MOST_NEWS:
        counts = Counter(_NEWS[card.status] for card in ended)
        return f"{len(ended)} clips ended: {', '.join(f'{count} {word}' for word, count in counts.items())}"
    return ". ".join(f"{card.model} {_NEWS[card.status]}: {_told(card)}" for card in ended)


def _told(card: Card) -> str:
    return (card.prompt or "no prompt") if card.status == ClipStatus.COMPLETED.value else card.text

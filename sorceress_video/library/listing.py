"""A list of clips as the gallery shows it, newest first: counted, and walked by number or from a clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, not_, select
from sqlmodel import Session, col

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.search import STATES, Query
from sorceress_video.library.search_index import Index
from sorceress_video.library.search_line import RANDOM_BITS, number_at
from sorceress_video.library.tables import Clip, ClipSearch, metadata


@dataclass(frozen=True, slots=True)
class Listing:
    """Clips in the order of ``key``: their ids, or their numbers in the index where words are searched."""

    source: FromClause
    key: ColumnElement[Any]
    where: tuple[ColumnElement[bool], ...]
    by_number: bool

    def count(self, session: Session, *more: ColumnElement[bool]) -> int:
        """How many there are."""
        counting = select(func.count()).select_from(self.source).where(*self.where, *more)
        return int(session.scalar(counting) or 0)

    def ids(self, session: Session, start: int, limit: int) -> list[str]:
        """Ids of the clips from number ``start`` on."""
        return self._ids(session, self._keys().order_by(self.key.desc()).offset(start).limit(limit))

    def newer_than(self, session: Session, clip_id: str) -> int:
        """How many are newer than a clip, whether it is in the list or not."""
        return self.count(session, self.key > self._key_of(session, clip_id))

    def number_of(self, session: Session, clip_id: str) -> tuple[int, int]:
        """How many are newer than a clip, −1 where it is not in the list; and how many there are."""
        newer = func.count().filter(self.key > self._key_of(session, clip_id))
        counting = select(newer, func.count()).select_from(self.source).where(*self.where)
        above, total = session.execute(counting).one()
        return (int(above) if self.has(session, clip_id) else -1), int(total)

    def has(self, session: Session, clip_id: str) -> bool:
        """Whether a clip is in the list."""
        here = self._keys().where(self.key == self._key_of(session, clip_id))
        return bool(self._ids(session, here) == [clip_id])

    def around(self, session: Session, clip_id: str, reach: int) -> tuple[list[str], list[str]]:
        """At most ``reach`` ids before a clip and after it, both in gallery order."""
        key = self._key_of(session, clip_id)
        before = self._keys().where(self.key > key).order_by(self.key.asc()).limit(reach)
        after = self._keys().where(self.key < key).order_by(self.key.desc()).limit(reach)
        return self._ids(session, before)[::-1], self._ids(session, after)

    def of_clips(self) -> tuple[ColumnElement[bool], ...]:
        """The list as conditions on a clip, for what is done to all of it at once."""
        if not self.by_number:
            return self.where
        found = select(col(ClipSearch.clip_id)).where(col(ClipSearch.number).in_(self._keys()))
        return (col(Clip.id).in_(found),)

    def _keys(self) -> Select[Any]:
        return select(self.key).select_from(self.source).where(*self.where)

    def _key_of(self, session: Session, clip_id: str) -> Any:
        if not (clip_id.isascii() and clip_id.isalnum()):
            clip_id = ""  # Nobody's; PostgreSQL would refuse some of these letters.
        if not self.by_number:
            return clip_id
        number = session.scalar(select(col(ClipSearch.number)).where(col(ClipSearch.clip_id) == clip_id))
        return number_at(clip_id) if number is None else number

    def _ids(self, session: Session, keys: Select[Any]) -> list[str]:
        found = session.scalars(keys).all()
        if not self.by_number or not found:
            return [str(key) for key in found]
        number, clip = col(ClipSearch.number), col(ClipSearch.clip_id)
        rows = session.execute(select(number, clip).where(number.in_(found)))
        by_number = {row.number: row.clip_id for row in rows}
        return [by_number[number] for number in found]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Something that must hold of a clip, or must not."""

    holds: ColumnElement[bool]
    few: ColumnElement[bool]
    """The same or its opposite, whichever few clips fulfil."""
    few_are_wanted: bool


def listing(
    session: Session,
    account_id: str,
    query: Query,
    *,
    completed: bool = False,
    narrower: Sequence[ColumnElement[bool]] = (),
    inside: ColumnElement[bool] | None = None,
) -> Listing:
    """The clips of an account that a search finds.

    Args:
        session: of the database that is asked.
        account_id: whose clips.
        query: the search, read.
        completed: only those with a video.
        narrower: what else must hold of a clip, such as being a favourite.
        inside: a collection, in place of the account's own clips.
    """
    rules = _rules(query)
    if completed:
        rules.append(_state_rule(STATES["completed"], wanted=True))
    index = Index(sqlite=session.get_bind().dialect.name == "sqlite")
    if query.has_words and inside is None:
        return _by_words(index, account_id, query, rules, narrower)
    mine = [col(Clip.account_id) == account_id if inside is None else inside, col(Clip.removed_at).is_(None)]
    if query.has_words:
        hits = select(index.number).select_from(index.lines).where(*index.found(None, query))
        found = select(col(ClipSearch.clip_id)).where(col(ClipSearch.number).in_(hits))
        mine.append(col(Clip.id).in_(found))
    ids: Any = col(Clip.id)
    times = _times(query, ids, lambda moment: f"{_milliseconds(moment):012x}")
    where = (*mine, *narrower, *(rule.holds for rule in rules), *times)
    return Listing(metadata.tables["clip"], ids, where, by_number=False)


def _by_words(
    index: Index,
    account_id: str,
    query: Query,
    rules: Sequence[_Rule],
    narrower: Sequence[ColumnElement[bool]],
) -> Listing:
    mine = col(Clip.account_id) == account_id
    # Few clips are removed, and those not for long: cheaper to leave out than to look each hit up.
    removed = index.among([mine, col(Clip.removed_at).is_not(None)])
    chosen = [index.among([mine, *narrower])] if narrower else []
    for rule in rules:
        few = index.among([mine, col(Clip.removed_at).is_(None), rule.few])
        chosen.append(few if rule.few_are_wanted else not_(few))
    times = _times(query, index.number, lambda moment: _milliseconds(moment) << RANDOM_BITS)
    where = (*index.found(account_id, query), not_(removed), *chosen, *times)
    return Listing(index.lines, index.number, where, by_number=True)


def _rules(query: Query) -> list[_Rule]:
    rules: list[_Rule] = []
    if query.favorite is not None:
        marked = col(Clip.favorite).is_(True)
        holds = marked if query.favorite else col(Clip.favorite).is_(False)
        rules.append(_Rule(holds, marked, query.favorite))
    for names, wanted in ((query.states, True), (query.not_states, False)):
        if names:
            rules.append(_state_rule(frozenset().union(*(STATES[name] for name in names)), wanted=wanted))
    return rules


def _state_rule(statuses: frozenset[str], *, wanted: bool) -> _Rule:
    others = frozenset(status.value for status in ClipStatus) - statuses
    many = ClipStatus.COMPLETED.value in statuses
    return _Rule(
        holds=_is_one_of(statuses if wanted else others),
        few=_is_one_of(others if many else statuses),
        few_are_wanted=wanted is not many,
    )


def _is_one_of(statuses: frozenset[str]) -> ColumnElement[bool]:
    if len(statuses) == 1:
        return col(Clip.status) == next(iter(statuses))
    return col(Clip.status).in_(sorted(statuses))


def _times(query: Query, key: Any, at: Callable[[datetime], Any]) -> list[ColumnElement[bool]]:
    """Ids and numbers begin with the moment of their making."""
    times: list[ColumnElement[bool]] = []
    if query.before is not None:
        times.append(key < at(query.before))
    if query.after is not None:
        times.append(key >= at(query.after))
    return times


def _milliseconds(moment: datetime) -> int:
    return max(0, int(moment.timestamp() * 1000))

"""The language of the search box: words, “phrases”, ``model:``, ``is:``, ``before:`` …; read, never refused.

What a person types is half finished most of the time. So nothing is an error: what makes no sense yet is left
out, and a hint says what would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sorceress_video.catalog import Mode
from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.library.words import asked_words_of, is_unspaced, words_of

MOST_TERMS: Final = 32

STATES: Final[dict[str, frozenset[str]]] = {
    "completed": frozenset({ClipStatus.COMPLETED.value}),
    "failed": frozenset({ClipStatus.FAILED.value}),
    "running": frozenset(status.value for status in ACTIVE),
    "cancelled": frozenset({ClipStatus.CANCELLED.value}),
}
FAVORITE: Final = "favorite"
IS_VALUES: Final = (FAVORITE, *STATES)

MODES: Final = tuple(mode.value for mode in Mode)

OPERATORS: Final[dict[str, str]] = {
    "model": "made by a model, such as model:kling",
    "is": "is:favorite, is:completed, is:failed, is:running or is:cancelled",
    "mode": "made in a mode, such as mode:image",
    "before": "made before a day or a time back, such as before:2026-11-01 or before:7d",
    "after": "made since a day or a time back, such as after:2026-11-01 or after:7d",
}
"""Every operator with what it finds."""

_DATE_HINT: Final = "“{name}:” takes a day such as 2026-11-25, or a time back such as 12h, 7d, 4w or 6m."
_UNKNOWN_HINT: Final = "“{name}:” is not an operator here, so it was searched as a word. There are {known}."
_VALUE_HINT: Final = "“{name}:{value}” is not known. {name}: takes {values}."
_SIGNS_HINT: Final = "“{text}” has no letters to search for."

_TERM = re.compile(r'(?P<no>-?)(?:(?P<name>[^\W\d_]+):)?(?P<value>"[^"]*"?|[^\s"]+|)', re.UNICODE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_BACK = re.compile(r"(\d{1,4})([hdwmy])")
_UNIT: Final = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}  # days


@dataclass(frozen=True, slots=True)
class Query:
    """What a search asks for: all of it, but only one of ``models``, of ``modes``, of ``states``."""

    words: tuple[str, ...] = ()
    """Beginnings of words."""
    phrases: tuple[str, ...] = ()
    """Words that follow each other, as a piece of a line with a space at both ends."""
    without: tuple[tuple[str, ...], ...] = ()
    """Each: words that must not be there all together."""
    models: tuple[tuple[str, ...], ...] = ()
    """Each: beginnings of words of the model's name."""
    not_models: tuple[tuple[str, ...], ...] = ()
    modes: frozenset[str] = frozenset()
    not_modes: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    """Names of ``STATES``."""
    not_states: frozenset[str] = frozenset()
    favorite: bool | None = None
    before: datetime | None = None
    after: datetime | None = None
    hint: str = ""
    """One sentence on what could not be understood."""

    @property
    def has_words(self) -> bool:
        """Whether the index of words is needed."""
        return bool(
            self.words
            or self.phrases
            or self.without
            or self.models
            or self.not_models
            or self.modes
            or self.not_modes
        )


@dataclass(slots=True)
class _Reading:
    """A query while it is read."""

    now: datetime
    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[tuple[str, ...]] = field(default_factory=list)
    models: list[tuple[str, ...]] = field(default_factory=list)
    not_models: list[tuple[str, ...]] = field(default_factory=list)
    modes: set[str] = field(default_factory=set)
    not_modes: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    not_states: set[str] = field(default_factory=set)
    favorite: bool | None = None
    before: datetime | None = None
    after: datetime | None = None
    hint: str = ""

    def done(self) -> Query:
        return Query(
            words=tuple(dict.fromkeys(self.words)),
            phrases=tuple(self.phrases),
            without=tuple(self.without),
            models=tuple(self.models),
            not_models=tuple(self.not_models),
            modes=frozenset(self.modes),
            not_modes=frozenset(self.not_modes),
            states=frozenset(self.states),
            not_states=frozenset(self.not_states),
            favorite=self.favorite,
            before=self.before,
            after=self.after,
            hint=self.hint,
        )


def parse(text: str, now: datetime | None = None) -> Query:
    """Read what was typed.

    Args:
        text: the search box as it is.
        now: what “7d” counts back from; in its time zone days begin and end. UTC by default.
    """
    reading = _Reading(now or datetime.now(UTC))
    terms = (found for found in _TERM.finditer(text) if found[0].strip())
    for found, _ in zip(terms, range(MOST_TERMS), strict=False):
        no, name, value = bool(found["no"]), (found["name"] or "").casefold(), found["value"]
        reader = _READERS.get(name)
        if reader is not None:
            reader(reading, value.strip('"'), no)
            continue
        if name:
            if value and not value.startswith("/"):
                reading.hint = _UNKNOWN_HINT.format(name=name, known=listed(f"{each}:" for each in OPERATORS))
            _read_words(reading, f"{name} {value}".replace('"', " "), no)
        elif value.startswith('"'):
            _read_phrase(reading, value.strip('"'), no)
        else:
            _read_words(reading, value, no)
    return reading.done()


def listed(names: Iterable[str]) -> str:
    """“a, b and c”."""
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def finds(query: Query, text: str) -> bool:
    """Whether a text has the words and phrases of a query; for texts that stand in no database."""
    words = words_of(text)
    line = f" {' '.join(words)} "

    def has(beginning: str) -> bool:
        return any(word.startswith(beginning) for word in words)

    return (
        all(has(word) for word in query.words)
        and all(phrase in line for phrase in query.phrases)
        and not any(all(has(word) for word in group) for group in query.without)
    )


def _read_words(reading: _Reading, text: str, no: bool) -> None:  # noqa: FBT001
    words = asked_words_of(text)
    if not words:
        if text.strip("-"):
            reading.hint = _SIGNS_HINT.format(text=text[:20])
    elif no:
        reading.without.append(tuple(words))
    else:
        reading.words += words


def _read_phrase(reading: _Reading, text: str, no: bool) -> None:  # noqa: FBT001
    words = asked_words_of(text)
    if no or len(words) < 2:
        _read_words(reading, text, no)
        return
    reading.words += words
    end = "" if is_unspaced(words[-1]) else " "
    reading.phrases.append(f" {' '.join(words)}{end}")


def _read_model(reading: _Reading, value: str, no: bool) -> None:  # noqa: FBT001
    words = tuple(words_of(value))
    if words:
        (reading.not_models if no else reading.models).append(words)


def _read_mode(reading: _Reading, value: str, no: bool) -> None:  # noqa: FBT001
    mode = _known(reading, "mode", value, MODES)
    if mode:
        (reading.not_modes if no else reading.modes).add(mode)


def _read_is(reading: _Reading, value: str, no: bool) -> None:  # noqa: FBT001
    state = _known(reading, "is", value.casefold().replace("favour", "favor"), IS_VALUES)
    if state == FAVORITE:
        reading.favorite = not no
    elif state:
        (reading.not_states if no else reading.states).add(state)


def _read_before(reading: _Reading, value: str, no: bool) -> None:  # noqa: FBT001
    moment = _moment(reading, "before", value)
    if moment is None:
        return
    if no:
        reading.after = moment if reading.after is None else max(reading.after, moment)
    else:
        reading.before = moment if reading.before is None else min(reading.before, moment)


def _read_after(reading: _Reading, value: str, no: bool) -> None:  # noqa: FBT001
    moment = _moment(reading, "after", value)
    if moment is None:
        return
    if no:
        reading.before = moment if reading.before is None else min(reading.before, moment)
    else:
        reading.after = moment if reading.after is None else max(reading.after, moment)


_READERS: Final[dict[str, Callable[[_Reading, str, bool], None]]] = {
    "model": _read_model,
    "is": _read_is,
    "mode": _read_mode,
    "before": _read_before,
    "after": _read_after,
}


def _known(reading: _Reading, name: str, value: str, values: tuple[str, ...]) -> str:
    """The value that was meant; "" while it is still being typed, or where there is none such."""
    value = value.casefold()
    if value in values:
        return value
    if not any(each.startswith(value) for each in values):
        reading.hint = _VALUE_HINT.format(name=name, value=value[:20], values=listed(values))
    return ""


def _moment(reading: _Reading, name: str, value: str) -> datetime | None:
    """The moment that a value names; None, with a hint, where it names none."""
    moment = _named_moment(value.casefold(), reading.now)
    if moment is None and value:
        reading.hint = _DATE_HINT.format(name=name)
    return moment


def _named_moment(value: str, now: datetime) -> datetime | None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if value == "today":
        return midnight
    if value == "yesterday":
        return midnight - timedelta(days=1)
    if back := _BACK.fullmatch(value):
        return now - timedelta(days=min(36_500, int(back[1]) * _UNIT[back[2]]))
    if day := _DAY.fullmatch(value):
        try:
            return datetime(int(day[1]), int(day[2] or 1), int(day[3] or 1), tzinfo=now.tzinfo)
        except ValueError:
            return None
    return None

"""Words of a text, as they are found: without case, accents and signs, the same on every database.

Databases cut text into words each in their own way, and none of them cuts Chinese, Japanese or Thai. So the
words are cut here, and what the databases are given is a line of them with one space between.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final, Literal

LONGEST_WORD: Final = 64
"""Characters. Whatever is longer is found by its beginning."""

_Kind = Literal["word", "run", "sign", "gap"]

_MARKS: Final = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F))
"""Accents, and the points of Hebrew and Arabic: written or left out as people like."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x30FF),  # Han radicals, kana
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts without spaces between words: every two neighbours count as a word."""


def words_of(text: str) -> list[str]:
    """The words of a text in their order, for the index."""
    return list(_words(text, whole=True))


def asked_words_of(text: str) -> list[str]:
    """The beginnings of words by which a text is found; fewer than its words in unspaced scripts."""
    return list(_words(text, whole=False))


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script without spaces."""
    return bool(word) and _within(ord(word[0]), _UNSPACED)


def _words(text: str, *, whole: bool) -> Iterator[str]:
    for kind, letters in groupby(_plain(text), key=_kind):
        match kind:
            case "word":
                yield "".join(letters)[:LONGEST_WORD]
            case "sign":
                yield from letters
            case "run":
                run = list(letters)
                pairs = [one + other for one, other in pairwise(run)]
                yield from pairs
                if whole or not pairs:
                    yield run[-1]
            case _:
                continue


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(each for each in apart if not _within(ord(each), _MARKS)))


def _kind(letter: str) -> _Kind:
    category = unicodedata.category(letter)
    if category == "So":  # Emoji and other pictures.
        return "sign"
    if category[0] not in "LNM" or letter in "\ufe0e\ufe0f\u20e3":
        return "gap"
    return "run" if _within(ord(letter), _UNSPACED) else "word"


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)

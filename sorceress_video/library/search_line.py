"""What stands in the index of words for a clip: one line, and a number that sorts as the clip's id does."""

from __future__ import annotations

from typing import Final, Protocol

from sorceress_video.library.words import words_of

ACCOUNT: Final = "§a"
MODEL: Final = "§m"
MODE: Final = "§o"
"""Marks: no word of a prompt has a “§”."""

RANDOM_BITS: Final = 20
"""Of a number's end; before them stand the milliseconds of the clip's making."""
PLACES: Final = 64
"""Numbers in which a free one is found, where clips of one millisecond share those bits."""


class Described(Protocol):
    """What a line needs of a clip."""

    account_id: str
    mode: str
    model_id: str
    model_name: str
    prompt: str


def number_at(clip_id: str) -> int:
    """The number of a clip by its id; 0 for what is no id."""
    try:
        return int(clip_id[: 12 + RANDOM_BITS // 4], 16) & (2**63 - 1)
    except ValueError:
        return 0


def line_of(clip: Described) -> str:
    """The line of a clip, a space at both ends."""
    model = dict.fromkeys(words_of(f"{clip.model_name} {clip.model_id}"))
    marked = [f"{ACCOUNT}{clip.account_id}", f"{MODE}{clip.mode}", *(f"{MODEL}{word}" for word in model)]
    return f" {' '.join([*marked, *words_of(clip.prompt)])} "

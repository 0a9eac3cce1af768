"""What can go wrong with media: one hierarchy, a code for the machine and a sentence for the person."""

# ruff: noqa: N818  (these names are verdicts that callers show, not failures of the program)

from __future__ import annotations

import errno


class MediaError(Exception):
    """Base of the room's errors.

    Attributes:
        code: short, stable, in snake case; for tests, logs and translations.
        sentence: one sentence in plain words, fit to be shown as it is.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class MediaRefused(MediaError):
    """A person's file cannot be used as it is; the sentence says which limit it broke and by how much."""


class ResultUnusable(MediaError):
    """What a provider delivered is not the video that was asked for."""


class MediaUnreadable(MediaError):
    """A file that the workspace itself keeps could not be decoded."""


class SandboxFailed(MediaError):
    """The bounded decoder process ended without an answer: too slow, too large, or crashed."""


class StorageError(MediaError):
    """The storage could not do what it was asked."""


class StorageFull(StorageError):
    """No room is left where the file should go."""

    def __init__(self) -> None:
        super().__init__("storage_full", "The storage is full. Free some space, then try again.")


def is_no_space(error: BaseException) -> bool:
    """Whether an operating-system error says that the disk, the quota or the file-size limit is used up."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

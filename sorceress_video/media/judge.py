"""Turns what is wrong with a file into the caller's kind of error, in words that fit the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from av.error import FFmpegError

from sorceress_video.media.errors import MediaError


@dataclass(frozen=True)
class Judge:
    """How to call what is wrong: the error for this source, and the words for the file."""

    error: type[MediaError]
    subject: str

    def verdict(self, code: str, predicate: str) -> MediaError:
        return self.error(code, f"{self.subject} {predicate}")

    def no_picture(self) -> MediaError:
        return self.verdict("no_frames", "has no picture that can be shown.")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turns what FFmpeg says about a file into a verdict; troubles of the system pass through."""
        try:
            yield
        except (OSError, MemoryError):
            raise
        except FFmpegError as error:
            raise self.verdict("unreadable", "is damaged and cannot be read.") from error

"""What happens to a delivered file before it counts: inspected, made ready for browsers, stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sorceress_video.jobs.points import Point, reached
from sorceress_video.library.results import KeptFile, VideoFacts
from sorceress_video.library.tables import Clip
from sorceress_video.media.derive import POSTER
from sorceress_video.media.errors import MediaError, ResultUnusable, StorageError
from sorceress_video.media.results import faststart_copy, inspect_result
from sorceress_video.media.storage import Storage, content_key
from worker.cloud.providers.base import UNUSABLE, Billing, FaultKind, ProviderFault

_LENGTH_TOLERANCE: Final = 1.5
"""Seconds by which a provider's clip may miss the length asked for; they round to whole groups of frames."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivered video and its poster, both in storage."""

    video: KeptFile
    poster: KeptFile
    facts: VideoFacts


def keep(delivered: Path, scratch: Path, storage: Storage, clip: Clip) -> Kept:
    """Inspect a delivered file and put it into storage.

    Raises:
        ProviderFault: TRANSIENT with code ``UNUSABLE`` where the file is no usable video, or with the
            storage's code where it cannot be kept right now. The download is worth another try in both cases.
    """
    try:
        video, poster = scratch / "video.mp4", scratch / "poster.webp"
        info = inspect_result(
            delivered,
            expected_seconds=clip.expected_seconds,
            tolerance=_LENGTH_TOLERANCE,
            poster=poster,
        )
        reached(Point.FETCH_INSPECTED)
        faststart_copy(delivered, video)
        stored = storage.store_file(video, "video/mp4")
        reached(Point.FETCH_FILE_STORED)
        poster_key = content_key(stored.sha256, POSTER)
        storage.put_file(poster, poster_key, "image/webp")
        reached(Point.FETCH_POSTER_STORED)
    except StorageError as error:
        raise ProviderFault(
            FaultKind.TRANSIENT, error.code, f"The clip is made but cannot be saved: {error.sentence}"
        ) from error
    except (ResultUnusable, MediaError) as error:
        raise ProviderFault(
            FaultKind.TRANSIENT,
            UNUSABLE,
            f"{clip.model_name} delivered a file that is not usable: {error.sentence}",
            billing=Billing.YES,
        ) from error
    return Kept(
        video=KeptFile(stored.key, stored.sha256, stored.bytes, "video/mp4"),
        poster=KeptFile(poster_key, stored.sha256, poster.stat().st_size, "image/webp"),
        facts=VideoFacts(info.width, info.height, info.seconds, info.fps, info.has_audio),
    )

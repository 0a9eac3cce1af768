"""Motion clips of an account, made long or short enough for a model; each version is made once and kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from sorceress_video.jobs.keeping import NewFile, keep
from sorceress_video.library import assets
from sorceress_video.library.assets import NewUpload
from sorceress_video.library.database import get_database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media import motion
from sorceress_video.media.errors import MediaError
from sorceress_video.media.motion import MadeToMeasure
from sorceress_video.media.storage import Storage
from sorceress_video.settings import get_settings

RECIPE_VERSION: Final = 1
"""Raised whenever a version would come out differently."""
_MOST_SECONDS: Final = 600.0

Make = Callable[[Path, Path, Path], MadeToMeasure]

_log = structlog.get_logger(__name__)
_encoder = ThreadPoolExecutor(1, "motion")
"""One at a time in each process: encoding takes all cores that it finds."""


class MotionRefusedError(Exception):
    """There is no such version of the clip. The text is for the person."""


def lengthened(account_id: str, asset_id: str, least: float, store: Storage) -> Asset:
    """A version of a motion clip that lasts at least ``least`` seconds. Blocks for the encoding.

    Raises:
        MotionRefusedError: the clip is gone, or cannot be decoded, or the result not be stored.
    """

    def make(video: Path, out: Path, thumbnail: Path) -> MadeToMeasure:
        return motion.lengthen(video, least, out=out, thumbnail=thumbnail)

    return _version(account_id, asset_id, f"{RECIPE_VERSION}:least:{least:g}", make, store)


def trimmed(account_id: str, asset_id: str, start: float, seconds: float, store: Storage) -> Asset:
    """The part of a motion clip from ``start`` on, ``seconds`` long. As :func:`lengthened`."""
    if not (0 <= start <= _MOST_SECONDS and 0 < seconds <= _MOST_SECONDS):
        raise MotionRefusedError("This part is not in the video.")
    start, seconds = round(start, 2), round(seconds, 2)

    def make(video: Path, out: Path, thumbnail: Path) -> MadeToMeasure:
        return motion.cut(video, start, seconds, out=out, thumbnail=thumbnail)

    return _version(account_id, asset_id, f"{RECIPE_VERSION}:cut:{start:g}+{seconds:g}", make, store)


def _version(account_id: str, asset_id: str, recipe: str, make: Make, store: Storage) -> Asset:
    known = assets.version_of(get_database(), account_id, asset_id, recipe)
    if known is not None:
        return known
    try:
        return _encoder.submit(_make, account_id, asset_id, recipe, make, store).result()
    except (MediaError, FileNotFoundError) as error:
        _log.warning("motion clip not made", recipe=recipe, error=type(error).__name__)
        sentence = error.sentence if isinstance(error, MediaError) else "Its file is no longer there."
        raise MotionRefusedError(f"This video could not be prepared. {sentence}") from error


def _make(account_id: str, asset_id: str, recipe: str, make: Make, store: Storage) -> Asset:
    db = get_database()
    known = assets.version_of(db, account_id, asset_id, recipe)  # Another tab asked for it meanwhile.
    if known is not None:
        return known
    source = assets.owned_asset(db, account_id, asset_id)
    if source is None:
        raise MotionRefusedError("This video is no longer in your library. Add it again.")
    folder = get_settings().scratch_dir
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="motion-") as name:
        scratch = Path(name)
        video = store.local_path(source.file_key)
        if video is None:
            video = scratch / "video"
            store.fetch_to(source.file_key, video)
        clip, thumbnail = scratch / "clip.mp4", scratch / "clip.webp"
        made = make(video, clip, thumbnail)

        def write_down(file: KeptFile, poster: KeptFile | None) -> Asset:
            new = NewUpload(
                kind="video",
                name=source.name,
                file=file,
                poster=poster,
                width=made.width,
                height=made.height,
                seconds=made.seconds,
                fps=made.fps,
                has_audio=made.has_audio,
            )
            return assets.add_version(db, account_id, new, source_id=source.id, recipe=recipe)

        asset = keep(store, NewFile(clip, "video/mp4", thumbnail), write_down)
    _log.info("motion clip made", asset_id=asset.id, recipe=recipe, way=made.way)
    return asset

"""Frames of finished clips as pictures of the account, to begin or end other clips with."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sorceress_video.jobs.keeping import NewFile, keep
from sorceress_video.library import assets
from sorceress_video.library.assets import ClipFilm, NewUpload
from sorceress_video.library.database import get_database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media.derive import Moment, take_frame
from sorceress_video.media.storage import Storage
from sorceress_video.settings import get_settings


def keep_frame(account_id: str, clip_id: str, at: Moment, store: Storage) -> Asset | None:
    """The frame that a clip shows at a moment, as a picture of its own; None when the clip is not theirs.

    The same clip and frame again give the same asset. Blocks for the decoding: call it in a thread.

    Raises:
        MediaUnreadable, SandboxFailed: the clip's file cannot be decoded.
        StorageError: the picture cannot be stored.
        FileNotFoundError: the clip's file is gone.
    """
    settings = get_settings()
    film = assets.film_of(get_database(), account_id, clip_id)
    if film is None:
        return None
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.scratch_dir, prefix="frame-") as folder:
        scratch = Path(folder)
        video = store.local_path(film.key)
        if video is None:
            video = scratch / "video.mp4"
            store.fetch_to(film.key, video)
        picture, thumbnail = scratch / "frame.png", scratch / "frame.webp"
        taken = take_frame(video, at, picture=picture, thumbnail=thumbnail)

        def write_down(file: KeptFile, poster: KeptFile | None) -> Asset:
            new = NewUpload(
                kind="image",
                name=_name(film, at, taken.seconds),
                file=file,
                poster=poster,
                width=taken.width,
                height=taken.height,
                seconds=None,
                fps=None,
                has_audio=False,
            )
            return assets.add_frame(get_database(), account_id, new, clip_id=clip_id, seconds=taken.seconds)

        return keep(store, NewFile(picture, "image/png", thumbnail), write_down)


def _name(film: ClipFilm, at: Moment, seconds: float) -> str:
    if isinstance(at, str):
        return f"{film.model_name}, {at} frame"
    return f"{film.model_name}, frame at {seconds:.2f} s"

"""Takes a person's file, or refuses it in one sentence: judged by content, cleaned of all but its media."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sorceress_video.media.errors import MediaRefused, SandboxFailed
from sorceress_video.media.filetype import EMPTY, FileType, MediaKind, file_type_of
from sorceress_video.media.limits import THUMBNAIL_SIDE, UploadLimits
from sorceress_video.media.sandbox import Bounds, run_task

_MIB = 1024 * 1024
_FORMATS = {
    MediaKind.IMAGE: "an image (PNG, JPEG or WebP)",
    MediaKind.VIDEO: "a video (MP4, MOV, WebM or MKV)",
    MediaKind.AUDIO: "a sound file (MP3, WAV or M4A)",
}
# A photo of 40 million pixels is decoded, turned and written within 1 GiB.
_IMAGE_MEMORY = 1024 * _MIB
_AV_MEMORY = 1536 * _MIB


@dataclass(frozen=True)
class AcceptedMedia:
    """A file that was accepted and written anew. The two files belong to the caller.

    Attributes:
        kind: what it is.
        path: the cleaned file.
        thumbnail: WebP, no side longer than 512 pixels; nothing for sound.
        mime, suffix: of the cleaned file, for example ``image/jpeg`` and ``.jpg``.
        size: of the cleaned file in bytes.
        width, height: pixels, upright; nothing for sound.
        seconds: length of a video or sound.
        fps: frames a second of a video.
        has_audio: whether there is sound in the cleaned file.
        codec: of the picture, or of the sound; nothing for images.
        frames: number of frames of a video.
        notes: sentences for the person about what was left out.
    """

    kind: MediaKind
    path: Path
    thumbnail: Path | None
    mime: str
    suffix: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: float | None = None
    has_audio: bool = False
    codec: str | None = None
    frames: int | None = None
    notes: tuple[str, ...] = ()

    def discard(self) -> None:
        """Remove both files, once they are stored or not wanted."""
        for path in (self.path, self.thumbnail):
            if path is not None:
                path.unlink(missing_ok=True)


def accept_upload(
    source: Path, *, kinds: frozenset[MediaKind], limits: UploadLimits | None = None
) -> AcceptedMedia:
    """Inspect and clean an uploaded file.

    The source stays as it is; the cleaned file and the thumbnail are written beside it, named after it.

    Args:
        source: the uploaded file, under a name that the server chose.
        kinds: what may be used here.
        limits: what the model or the deployment takes; by default the workspace's own limits.

    Raises:
        MediaRefused: the file cannot be used; nothing was written.
        StorageFull: no room is left; nothing was written.
    """
    limits = limits or UploadLimits()
    size = source.lstat().st_size
    if size > limits.max_bytes:
        raise MediaRefused(
            "too_large",
            f"The file is {size / _MIB:.1f} MB; up to {limits.max_bytes / _MIB:.0f} MB are accepted.",
        )
    found = file_type_of(source)
    if found is EMPTY:
        raise MediaRefused("empty", "The file is empty (0 bytes).")
    if found.kind is None or found.kind not in kinds:
        wanted = " or ".join(_FORMATS[kind] for kind in MediaKind if kind in kinds)
        raise MediaRefused("wrong_kind", f"This is {found.name}; {wanted} is needed here.")
    clean, thumbnail = source.with_name(f"{source.name}.clean"), source.with_name(f"{source.name}.thumbnail")
    outputs = {"clean": clean} if found.kind is MediaKind.AUDIO else {"clean": clean, "thumbnail": thumbnail}
    try:
        answer = _run(found, source, outputs, limits, size)
    except SandboxFailed as error:
        raise MediaRefused(error.code, error.sentence) from error
    return AcceptedMedia(
        **answer | {"notes": tuple(answer["notes"])},
        kind=found.kind,
        path=clean,
        thumbnail=outputs.get("thumbnail"),
        size=clean.stat().st_size,
    )


def _run(
    found: FileType, source: Path, outputs: dict[str, Path], limits: UploadLimits, size: int
) -> dict[str, Any]:
    length = {"min_seconds": limits.min_seconds, "max_seconds": limits.max_seconds}
    # Remuxing adds an index, never a multiple of the file.
    av_bounds = Bounds(memory=_AV_MEMORY, file_size=size + size // 4 + 16 * _MIB)
    if found.kind is MediaKind.IMAGE:
        return run_task(
            "accept_image",
            source,
            outputs,
            {
                "min_side": limits.min_side,
                "max_pixels": limits.max_pixels,
                "thumbnail_side": THUMBNAIL_SIDE,
            },
            bounds=Bounds(memory=_IMAGE_MEMORY, file_size=limits.max_pixels * 4 + 16 * _MIB),
        )
    if found.kind is MediaKind.AUDIO:
        return run_task(
            "accept_audio", source, outputs, {"demuxers": found.demuxers, **length}, bounds=av_bounds
        )
    return run_task(
        "accept_video",
        source,
        outputs,
        {
            "demuxers": found.demuxers,
            "min_side": limits.min_side,
            "max_fps": limits.max_fps,
            "thumbnail_side": THUMBNAIL_SIDE,
            **length,
        },
        bounds=av_bounds,
    )

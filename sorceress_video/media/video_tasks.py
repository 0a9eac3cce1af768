"""The child's tasks on video and sound: measure, clean, and make posters, previews and last frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream
from PIL import Image, WebPImagePlugin

from sorceress_video.media import containers
from sorceress_video.media.containers import StreamWalk
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.errors import MediaError, MediaRefused, MediaUnreadable, ResultUnusable

# Codecs that browsers and providers take. What is missing here is never decoded.
VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
AUDIO_CODECS = frozenset({"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3"})
_PCM = "pcm_"
_MP4_AUDIO = frozenset({"aac", "mp3", "opus"})
_WEBM_AUDIO = frozenset({"opus", "vorbis"})
# Phones write several streams of sensor data beside picture and sound; they are never opened.
_MAX_ALL_STREAMS = 32
_POSTER_SECONDS = 3.0
_DARK = 20.0  # Mean luma of 0…255 under which a frame says nothing.
_FLAT = 4.0  # Mean distance from the mean luma under which a frame is one colour.
_PREVIEW_FPS = 16
_THREADS = 2
_PATH = Path(INPUT_NAME)


@dataclass(frozen=True)
class _Judge:
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


def accept_video(
    *,
    demuxers: str,
    min_side: int,
    min_seconds: float,
    max_seconds: float,
    max_fps: float,
    thumbnail_side: int,
) -> dict[str, Any]:
    """Write ``clean`` (remuxed, without tags and data tracks) and ``thumbnail`` (WebP).

    The answer holds the fields of `AcceptedMedia`.
    """
    judge = _Judge(MediaRefused, "The video")
    with judge.reading():
        with containers.open_media(_PATH, demuxers) as source:
            found = _measure_video(source, judge)
        _check_length(judge, found["seconds"], min_seconds, max_seconds)
        _check_picture(judge, found, min_side, max_fps)
        with containers.open_media(_PATH, demuxers) as source:
            written = _clean_video(source, webm=found["codec"] == "vp8")
        _write_poster(Path("clean"), "thumbnail", thumbnail_side, judge)
    return found | written


def accept_audio(*, demuxers: str, min_seconds: float, max_seconds: float) -> dict[str, Any]:
    """Write ``clean`` (remuxed, without tags and cover). The answer holds the fields of `AcceptedMedia`."""
    judge = _Judge(MediaRefused, "The sound file")
    with judge.reading():
        with containers.open_media(_PATH, demuxers) as source:
            found = _measure_audio(source, judge)
        _check_length(judge, found["seconds"], min_seconds, max_seconds)
        with containers.open_media(_PATH, demuxers) as source:
            written = _clean_audio(source)
    return found | written


def inspect_result(
    *, expected_seconds: float | None, tolerance: float, poster_side: int | None
) -> dict[str, Any]:
    """Measure what a provider delivered; write ``poster`` if a side is given. Nothing is repaired."""
    judge = _Judge(ResultUnusable, "The delivered video")
    with judge.reading():
        with containers.open_media(_PATH) as source:
            found = _measure_video(source, judge)
        seconds = found["seconds"]
        if expected_seconds is not None and abs(seconds - expected_seconds) > tolerance:
            raise judge.verdict(
                "wrong_length", f"is {seconds:.1f} s long; {expected_seconds:.1f} s were asked for."
            )
        if poster_side is not None:
            _write_poster(_PATH, "poster", poster_side, judge)
    return found


def make_derivatives(
    *,
    poster_side: int | None,
    preview: dict[str, float] | None,
    last_frame: bool,
) -> dict[str, Any]:
    """Write any of ``poster`` (WebP), ``preview`` (MP4) and ``last_frame`` (PNG) of a stored video."""
    judge = _Judge(MediaUnreadable, "The video")
    with judge.reading():
        if poster_side is not None:
            _write_poster(_PATH, "poster", poster_side, judge)
        if preview is not None:
            _write_preview(int(preview["max_width"]), int(preview["max_height"]), preview["seconds"], judge)
        if last_frame:
            _write_last_frame(judge)
    return {}


def faststart_copy() -> dict[str, Any]:
    """Write ``copy``: the same packets with the index in front."""
    with _Judge(MediaUnreadable, "The video").reading(), containers.open_media(_PATH) as source:
        streams = [stream for stream in source.streams if stream.type in ("video", "audio")]
        containers.remux(source, Path("copy"), streams, format_name="mp4", options={"movflags": "+faststart"})
    return {}


def _measure_video(source: InputContainer, judge: _Judge) -> dict[str, Any]:
    """Check tracks and codec by the headers, walk every packet, decode the first frame."""
    pictures, sounds = _tracks(source, judge)
    if not pictures:
        raise judge.verdict("no_video", f"has no picture, only {'sound' if sounds else 'data'}.")
    picture = pictures[0]
    codec = picture.codec_context.codec.canonical_name
    if codec not in VIDEO_CODECS:
        raise judge.verdict("codec", f"is encoded as {codec}; H.264, HEVC, VP8, VP9 or AV1 is needed.")
    _check_frame_size(judge, picture.width, picture.height)
    walks = containers.walk_packets(source)
    walk = walks[picture.index]
    _check_whole(judge, source, walk, [walks[track.index] for track in (*pictures, *sounds)])
    rate = containers.frame_rate(picture) or Fraction(walk.packets / (walk.end or 1.0)).limit_denominator(
        1001
    )
    source.seek(0)
    first = next(containers.decoded_frames(source), None)
    if first is None:
        raise judge.no_picture()
    _check_frame_size(judge, first.width, first.height)
    width, height = containers.display_size(first.width, first.height, int(first.rotation))
    return {
        "codec": codec,
        "width": width,
        "height": height,
        "seconds": round(walk.end, 3),
        "fps": round(float(rate), 3),
        "frames": walk.packets,
        "has_audio": bool(sounds),
    }


def _measure_audio(source: InputContainer, judge: _Judge) -> dict[str, Any]:
    """Check tracks and codec by the headers, then walk every packet."""
    _, sounds = _tracks(source, judge)
    if not sounds:
        raise judge.verdict("no_audio", "has no sound.")
    codec = sounds[0].codec_context.codec.canonical_name
    if codec not in AUDIO_CODECS and not codec.startswith(_PCM):
        raise judge.verdict("codec", f"is encoded as {codec}; MP3, WAV or M4A is needed.")
    walks = containers.walk_packets(source)
    walk = walks[sounds[0].index]
    _check_whole(judge, source, walk, [walk])
    return {"codec": codec, "seconds": round(walk.end, 3)}


def _tracks(source: InputContainer, judge: _Judge) -> tuple[list[VideoStream], list[AudioStream]]:
    """The tracks of picture (covers left out) and of sound."""
    pictures = [stream for stream in source.streams.video if not _is_cover(stream)]
    sounds = list(source.streams.audio)
    count = len(pictures) + len(sounds)
    if count > containers.MAX_STREAMS or len(source.streams) > _MAX_ALL_STREAMS:
        raise judge.verdict(
            "too_many_streams",
            f"has {max(count, len(source.streams))} tracks; "
            f"up to {containers.MAX_STREAMS} of picture and sound are accepted.",
        )
    return pictures, sounds


def _check_frame_size(judge: _Judge, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise judge.no_picture()
    if width * height > containers.MAX_FRAME_PIXELS:
        raise judge.verdict(
            "too_many_pixels",
            f"is {width}×{height} pixels ({width * height / 1e6:.0f} million); "
            f"up to {containers.MAX_FRAME_PIXELS / 1e6:.0f} million are accepted.",
        )


def _check_whole(judge: _Judge, source: InputContainer, main: StreamWalk, used: list[StreamWalk]) -> None:
    """Refuse a file that ends before what it announces: the download or the upload was cut off."""
    if main.packets == 0:
        raise judge.verdict("no_frames", "announces frames but holds none.")
    announced = (source.duration or 0) / av.time_base
    cut_outside = containers.is_cut_mp4(_PATH) or containers.is_cut_matroska(_PATH)
    if cut_outside or any(walk.is_cut for walk in used):
        raise judge.verdict("truncated", f"is cut off: it ends after {main.end:.1f} of {announced:.1f} s.")


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _check_length(judge: _Judge, seconds: float, low: float, high: float) -> None:
    if seconds > high:
        raise judge.verdict("too_long", f"is {seconds:.1f} s long; up to {high:g} s are accepted.")
    if seconds < low:
        raise judge.verdict("too_short", f"is {seconds:.1f} s long; at least {low:g} s are needed.")


def _check_picture(judge: _Judge, found: dict[str, Any], min_side: int, max_fps: float) -> None:
    width, height, fps = found["width"], found["height"], found["fps"]
    if min(width, height) < min_side:
        raise judge.verdict("too_small", f"is {width}×{height} pixels; each side needs at least {min_side}.")
    if fps > max_fps:
        raise judge.verdict(
            "too_many_frames", f"has {fps:g} frames a second; up to {max_fps:g} are accepted."
        )


def _clean_video(source: InputContainer, *, webm: bool) -> dict[str, Any]:
    picture = next(stream for stream in source.streams.video if not _is_cover(stream))
    fitting = _WEBM_AUDIO if webm else _MP4_AUDIO
    sounds = list(source.streams.audio)
    kept = [one for one in sounds if one.codec_context.codec.canonical_name in fitting][:1]
    containers.remux(
        source,
        Path("clean"),
        [picture, *kept],
        format_name="webm" if webm else "mp4",
        options={} if webm else {"movflags": "+faststart"},
    )
    lost = f"The sound is encoded as {sounds[0].codec_context.name} and was left out." if sounds else ""
    return {
        "mime": "video/webm" if webm else "video/mp4",
        "suffix": ".webm" if webm else ".mp4",
        "has_audio": bool(kept),
        "notes": [lost] if sounds and not kept else [],
    }


def _clean_audio(source: InputContainer) -> dict[str, Any]:
    sound = source.streams.audio[0]
    codec = sound.codec_context.codec.canonical_name
    if codec == "mp3":
        shape = ("mp3", "audio/mpeg", ".mp3", {"write_id3v2": "0", "id3v2_version": "0"})
    elif codec.startswith(_PCM):
        shape = ("wav", "audio/wav", ".wav", {})
    else:
        shape = ("ipod", "audio/mp4", ".m4a", {"movflags": "+faststart"})
    name, mime, suffix, options = shape
    containers.remux(source, Path("clean"), [sound], format_name=name, options=options)
    return {"mime": mime, "suffix": suffix, "notes": []}


def _write_poster(path: Path, name: str, side: int, judge: _Judge) -> None:
    with containers.open_media(path) as source:
        frame = _telling_frame(_early_frames(source))
        if frame is None:
            raise judge.no_picture()
        width, height = containers.fit(frame.width, frame.height, side, side)
        _upright_image(frame, width, height).save(name, WebPImagePlugin.WebPImageFile.format, quality=80)


def _early_frames(source: InputContainer) -> Iterator[av.VideoFrame]:
    """Frames of the first seconds, the first one and then about six a second."""
    step = max(1, round(float(containers.frame_rate(source.streams.video[0]) or 24) / 6))
    start: float | None = None
    for frame in islice(containers.decoded_frames(source, threads=_THREADS), 0, 600, step):
        time = frame.time or 0.0
        start = time if start is None else start
        if time - start > _POSTER_SECONDS:
            return
        yield frame


def _telling_frame(frames: Iterable[av.VideoFrame]) -> av.VideoFrame | None:
    """The first frame that is neither dark nor of one colour; else the brightest; nothing of nothing."""
    best: tuple[float, av.VideoFrame] | None = None
    for frame in frames:
        mean, contrast = _luma(frame)
        if mean >= _DARK and contrast >= _FLAT:
            return frame
        if best is None or mean > best[0]:
            best = (mean, frame)
    return best[1] if best is not None else None


def _luma(frame: av.VideoFrame) -> tuple[float, float]:
    """Mean luma (0…255) and the mean distance from it, on a small copy."""
    small = frame.reformat(width=32, height=32, format="gray", interpolation="AREA")
    plane = small.planes[0]
    data = bytes(plane)
    values = b"".join(data[row * plane.line_size : row * plane.line_size + 32] for row in range(32))
    mean = sum(values) / len(values)
    return mean, sum(abs(value - mean) for value in values) / len(values)


def _upright_image(frame: av.VideoFrame, width: int, height: int) -> Image.Image:
    image: Image.Image = containers.rgb_frame(frame, width, height).to_image()  # type: ignore[no-untyped-call]
    turn = _TURNS.get(int(frame.rotation) % 360)
    return image.transpose(turn) if turn is not None else image


# FFmpeg and Pillow both count counter-clockwise.
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def _write_preview(max_width: int, max_height: int, seconds: float, judge: _Judge) -> None:
    """A muted, small MP4 of the beginning: whole divisions of the frame rate, so that motion stays even."""
    # Only this task needs arrays; their import costs the others a tenth of a second.
    import numpy as np  # noqa: PLC0415

    from sorceress_video.media.encode import H264Writer  # noqa: PLC0415

    with containers.open_media(_PATH) as source:
        rate = containers.frame_rate(source.streams.video[0]) or Fraction(24)
        frames = containers.decoded_frames(source, threads=_THREADS)
        first = next(frames, None)
        if first is None:
            raise judge.no_picture()
        fps = rate / ceil(rate / _PREVIEW_FPS)
        turned = containers.display_size(first.width, first.height, int(first.rotation))
        width, height = (max(2, side // 2 * 2) for side in containers.fit(*turned, max_width, max_height))
        with H264Writer(Path("preview"), width, height, fps, crf=30, threads=_THREADS) as writer:
            for frame in _paced(first, frames, fps, seconds):
                if int(frame.rotation) % 360:
                    size = containers.display_size(width, height, int(frame.rotation))
                    writer.write_rgb(np.asarray(_upright_image(frame, *size)))
                else:
                    writer.write_frame(frame)


def _paced(
    first: av.VideoFrame, rest: Iterator[av.VideoFrame], fps: Fraction, seconds: float
) -> Iterator[av.VideoFrame]:
    """One frame for each tick of a steady clock, whatever the pace of the source."""
    start, shown, ticks = first.time or 0.0, first, max(1, round(seconds * fps))
    tick = 0
    for frame in rest:
        time = (frame.time or 0.0) - start
        while tick < ticks and float(tick / fps) < time - 1e-3:
            yield shown
            tick += 1
        if tick >= ticks:
            return
        shown = frame
    if float(tick / fps) <= (shown.time or 0.0) - start + 1e-3:
        yield shown


def _write_last_frame(judge: _Judge) -> None:
    with containers.open_media(_PATH) as source:
        frame = _last_of(source, back=1.0) or _last_of(source, back=None)
        if frame is None:
            raise judge.no_picture()
        image = _upright_image(frame, frame.width, frame.height)
        image.save("last_frame", "PNG", compress_level=3)


def _last_of(source: InputContainer, *, back: float | None) -> av.VideoFrame | None:
    """The last frame that the decoder gives, from the key frame before the last `back` seconds."""
    duration = source.duration or 0
    source.seek(max(0, duration - round(back * av.time_base)) if back is not None else 0)
    last = None
    for frame in containers.decoded_frames(source, threads=_THREADS):
        last = frame
    return last

"""The child's tasks on whole videos and sounds: measure them, judge them, write them without their tags."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from sorceress_video.media import containers
from sorceress_video.media.containers import StreamWalk
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.derive_tasks import write_poster
from sorceress_video.media.errors import MediaRefused, MediaUnreadable, ResultUnusable
from sorceress_video.media.judge import Judge

# Codecs that browsers and providers take. What is missing here is never decoded.
VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
AUDIO_CODECS = frozenset({"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3"})
_PCM = "pcm_"
_MP4_AUDIO = frozenset({"aac", "mp3", "opus"})
_WEBM_AUDIO = frozenset({"opus", "vorbis"})
# Phones write several streams of sensor data beside picture and sound; they are never opened.
_MAX_ALL_STREAMS = 32
_PATH = Path(INPUT_NAME)


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
    judge = Judge(MediaRefused, "The video")
    with judge.reading():
        with containers.open_media(_PATH, demuxers) as source:
            found = _measure_video(source, judge)
        _check_length(judge, found["seconds"], min_seconds, max_seconds)
        _check_picture(judge, found, min_side, max_fps)
        with containers.open_media(_PATH, demuxers) as source:
            written = _clean_video(source, webm=found["codec"] == "vp8")
        write_poster(Path("clean"), "thumbnail", thumbnail_side, judge)
    return found | written


def accept_audio(*, demuxers: str, min_seconds: float, max_seconds: float) -> dict[str, Any]:
    """Write ``clean`` (remuxed, without tags and cover). The answer holds the fields of `AcceptedMedia`."""
    judge = Judge(MediaRefused, "The sound file")
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
    judge = Judge(ResultUnusable, "The delivered video")
    with judge.reading():
        with containers.open_media(_PATH) as source:
            found = _measure_video(source, judge)
        seconds = found["seconds"]
        if expected_seconds is not None and abs(seconds - expected_seconds) > tolerance:
            raise judge.verdict(
                "wrong_length", f"is {seconds:.1f} s long; {expected_seconds:.1f} s were asked for."
            )
        if poster_side is not None:
            write_poster(_PATH, "poster", poster_side, judge)
    return found


def faststart_copy() -> dict[str, Any]:
    """Write ``copy``: the same packets with the index in front."""
    with Judge(MediaUnreadable, "The video").reading(), containers.open_media(_PATH) as source:
        streams = [stream for stream in source.streams if stream.type in ("video", "audio")]
        containers.remux(source, Path("copy"), streams, format_name="mp4", options={"movflags": "+faststart"})
    return {}


def _measure_video(source: InputContainer, judge: Judge) -> dict[str, Any]:
    """Check tracks and codec by the headers, walk every packet, decode the first frame."""
    pictures, sounds = _tracks(source, judge)
    if not pictures:
        raise judge.verdict("no_video", f"has no picture, only {'sound' if sounds else 'data'}.")
    picture = pictures[0]
    codec = _codec(picture)
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


def _measure_audio(source: InputContainer, judge: Judge) -> dict[str, Any]:
    """Check tracks and codec by the headers, then walk every packet."""
    _, sounds = _tracks(source, judge)
    if not sounds:
        raise judge.verdict("no_audio", "has no sound.")
    codec = _codec(sounds[0])
    if codec not in AUDIO_CODECS and not codec.startswith(_PCM):
        raise judge.verdict("codec", f"is encoded as {codec}; MP3, WAV or M4A is needed.")
    walks = containers.walk_packets(source)
    walk = walks[sounds[0].index]
    _check_whole(judge, source, walk, [walk])
    return {"codec": codec, "seconds": round(walk.end, 3)}


def _tracks(source: InputContainer, judge: Judge) -> tuple[list[VideoStream], list[AudioStream]]:
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


def _check_frame_size(judge: Judge, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise judge.no_picture()
    if width * height > containers.MAX_FRAME_PIXELS:
        raise judge.verdict(
            "too_many_pixels",
            f"is {width}×{height} pixels ({width * height / 1e6:.0f} million); "
            f"up to {containers.MAX_FRAME_PIXELS / 1e6:.0f} million are accepted.",
        )


def _check_whole(judge: Judge, source: InputContainer, main: StreamWalk, used: list[StreamWalk]) -> None:
    """Refuse a file that ends before what it announces: the download or the upload was cut off."""
    if main.packets == 0:
        raise judge.verdict("no_frames", "announces frames but holds none.")
    announced = (source.duration or 0) / av.time_base
    cut_outside = containers.is_cut_mp4(_PATH) or containers.is_cut_matroska(_PATH)
    if cut_outside or any(walk.is_cut for walk in used):
        raise judge.verdict("truncated", f"is cut off: it ends after {main.end:.1f} of {announced:.1f} s.")


def _codec(stream: Any) -> str:
    """FFmpeg's name of a stream's codec. A damaged header can name one that does not exist."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context is not None else "something unknown"


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _check_length(judge: Judge, seconds: float, low: float, high: float) -> None:
    if seconds > high:
        raise judge.verdict("too_long", f"is {seconds:.1f} s long; up to {high:g} s are accepted.")
    if seconds < low:
        raise judge.verdict("too_short", f"is {seconds:.1f} s long; at least {low:g} s are needed.")


def _check_picture(judge: Judge, found: dict[str, Any], min_side: int, max_fps: float) -> None:
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
    kept = [one for one in sounds if _codec(one) in fitting][:1]
    containers.remux(
        source,
        Path("clean"),
        [picture, *kept],
        format_name="webm" if webm else "mp4",
        options={} if webm else {"movflags": "+faststart"},
    )
    lost = f"The sound is encoded as {_codec(sounds[0])} and was left out." if sounds else ""
    return {
        "mime": "video/webm" if webm else "video/mp4",
        "suffix": ".webm" if webm else ".mp4",
        "has_audio": bool(kept),
        "notes": [lost] if sounds and not kept else [],
    }


def _clean_audio(source: InputContainer) -> dict[str, Any]:
    sound = source.streams.audio[0]
    codec = _codec(sound)
    if codec == "mp3":
        shape = ("mp3", "audio/mpeg", ".mp3", {"write_id3v2": "0", "id3v2_version": "0"})
    elif codec.startswith(_PCM):
        shape = ("wav", "audio/wav", ".wav", {})
    else:
        shape = ("ipod", "audio/mp4", ".m4a", {"movflags": "+faststart"})
    name, mime, suffix, options = shape
    containers.remux(source, Path("clean"), [sound], format_name=name, options=options)
    return {"mime": mime, "suffix": suffix, "notes": []}

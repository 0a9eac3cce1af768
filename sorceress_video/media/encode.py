"""Writes frames as H.264 MP4 that browsers play at once: yuv420p, BT.709, short closed GOPs, faststart."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.codec.context import Flags
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from numpy.typing import NDArray

from sorceress_video.media.containers import source_matrix
from sorceress_video.media.errors import StorageFull, is_no_space

Uint8Array = NDArray[np.uint8]
FloatArray = NDArray[np.float32]

_AAC_FRAME = 1024  # Samples; the encoder accepts no other size except at the end.


@dataclass(frozen=True)
class AudioTrack:
    """Sound to be encoded as AAC beside the frames.

    Shorter than the video: padded with silence. Longer: cut. No samples at all makes a silent track.

    Attributes:
        samples: float32 in -1…1, shape (N, channels) with one or two channels.
        rate: samples a second.
    """

    samples: FloatArray
    rate: int = 48_000

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.shape[1] not in (1, 2):
            raise ValueError(f"Audio must have the shape (N, 1) or (N, 2), not {self.samples.shape}.")

    @classmethod
    def silent(cls, rate: int = 48_000) -> AudioTrack:
        """A stereo track without any sound, as long as the video."""
        return cls(np.zeros((0, 2), np.float32), rate)


class H264Writer:
    """Encodes frames one by one into an MP4 that appears under its name only when it is complete.

    Use it as a context manager: leaving it normally finishes the file, leaving it with an exception
    removes everything that was written.

    Args:
        path: where the finished file goes; an older file of that name is replaced.
        width, height: size in pixels, both even.
        fps: frames a second.
        crf: quality of x264; lower is better and larger.
        preset: speed of x264.
        threads: threads of the encoder.
        metadata: the container's tags; MP4 keeps the well-known names only (title, comment, artist …).
        audio: an optional soundtrack, see `AudioTrack`.

    Raises:
        ValueError: the size is odd or empty, or a frame has another shape than announced.
        StorageFull: the disk is full (from any method).
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: Fraction | int,
        *,
        crf: int = 20,
        preset: str = "veryfast",
        threads: int = 2,
        metadata: Mapping[str, str] | None = None,
        audio: AudioTrack | None = None,
    ) -> None:
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise ValueError(f"H.264 needs an even width and height, not {width}×{height}.")
        rate = Fraction(fps)
        if rate <= 0:
            raise ValueError(f"The frame rate must be positive, not {fps}.")
        self.frames_written = 0
        self._path = path
        self._partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
        self._width, self._height, self._rate = width, height, rate
        self._reformatter = VideoReformatter()
        self._open = True
        self._container = av.open(
            f"file:{self._partial.absolute()}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._container.metadata.update(metadata or {})
        self._video = self._container.add_stream("libx264", rate=rate)
        self._configure_video(crf, preset, threads)
        self._audio = audio
        self._audio_position = 0
        if audio is not None:
            layout = "mono" if audio.samples.shape[1] == 1 else "stereo"
            self._audio_stream = self._container.add_stream("aac", rate=audio.rate, layout=layout)

    def _configure_video(self, crf: int, preset: str, threads: int) -> None:
        self._video.width, self._video.height = self._width, self._height
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.options = {"crf": str(crf), "preset": preset}
        # One closed group a second: the last frame and scrubbing decode a second at the worst.
        context.gop_size = max(1, round(self._rate))
        context.flags |= Flags.closed_gop
        context.thread_count = threads
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.color_range = ColorRange.MPEG

    def write_rgb(self, array: Uint8Array) -> None:
        """Append one frame of shape (height, width, 3), uint8, RGB in full range."""
        if array.shape != (self._height, self._width, 3) or array.dtype != np.uint8:
            raise ValueError(
                f"A frame of {self._width}×{self._height} RGB uint8 was expected, "
                f"not {array.shape} {array.dtype}."
            )
        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(array), format="rgb24")
        self.write_frame(rgb)

    def write_frame(self, frame: av.VideoFrame) -> None:
        """Append one frame of the decoder's or an rgb24 frame; it is converted and scaled as needed."""
        self._encode(
            self._reformatter.reformat(
                frame,
                width=self._width,
                height=self._height,
                format="yuv420p",
                src_colorspace=source_matrix(frame),
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                interpolation="AREA" if frame.width > self._width else "BILINEAR",
                threads=1,
            )
        )

    def write_yuv420p(self, planes: tuple[Uint8Array, Uint8Array, Uint8Array]) -> None:
        """Append one frame as BT.709 limited-range planes: Y (H, W), U and V (H/2, W/2), all uint8."""
        half = (self._height // 2, self._width // 2)
        for plane, shape in zip(planes, ((self._height, self._width), half, half), strict=True):
            if plane.shape != shape or plane.dtype != np.uint8:
                raise ValueError(f"A uint8 plane of {shape} was expected, not {plane.shape} {plane.dtype}.")
        frame = av.VideoFrame(self._width, self._height, "yuv420p")
        for target, source in zip(frame.planes, planes, strict=True):
            # The encoder's rows are padded to its own alignment.
            rows = np.frombuffer(memoryview(target), np.uint8).reshape(-1, target.line_size)
            rows[: source.shape[0], : source.shape[1]] = source
        self._encode(frame)

    def close(self) -> None:
        """Finish the file and give it its name. Closing twice does nothing."""
        if not self._open:
            return
        if self.frames_written == 0:
            self.discard()
            raise ValueError("A video needs at least one frame.")
        try:
            self._mux(self._video.encode(None))
            self._encode_audio(self._length_in_samples())
            if self._audio is not None:
                self._mux(self._audio_stream.encode(None))
            self._container.close()
            self._open = False
            self._partial.replace(self._path)
        except OSError as error:
            self.discard()
            if is_no_space(error):
                raise StorageFull from error
            raise
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Stop and remove what was written. After `close` it does nothing."""
        try:
            if self._open:
                self._open = False
                self._container.close()
        except OSError:
            # A full disk fails again while the encoder's trailer is written; the file goes away anyway.
            return
        finally:
            self._partial.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard()

    def _encode(self, frame: av.VideoFrame) -> None:
        frame.pts = self.frames_written
        frame.time_base = 1 / self._rate
        self.frames_written += 1
        self._mux(self._video.encode(frame))
        # Sound follows the frames closely, so that a player that streams finds both at one place.
        self._encode_audio(self._length_in_samples() // _AAC_FRAME * _AAC_FRAME)

    def _length_in_samples(self) -> int:
        return round(self.frames_written / self._rate * self._audio.rate) if self._audio else 0

    def _encode_audio(self, until: int) -> None:
        track = self._audio
        while track is not None and self._audio_position < until:
            start = self._audio_position
            count = min(_AAC_FRAME, until - start)
            chunk = np.zeros((count, track.samples.shape[1]), np.float32)
            sound = track.samples[start : start + count]
            chunk[: len(sound)] = sound
            layout = "mono" if chunk.shape[1] == 1 else "stereo"
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(chunk.T), format="fltp", layout=layout)
            frame.sample_rate = track.rate
            frame.pts = start
            frame.time_base = Fraction(1, track.rate)
            self._audio_position += count
            self._mux(self._audio_stream.encode(frame))

    def _mux(self, packets: Any) -> None:
        try:
            self._container.mux(packets)
        except OSError as error:
            if is_no_space(error):
                raise StorageFull from error
            raise

"""Makers of test files: clips whose every frame says which one it is, and the bad inputs."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sorceress_video.media.encode import AudioTrack, H264Writer

SIZE = (320, 180)


def level(index: int) -> int:
    """Brightness of a test clip's frame: tells the frames apart through any encoding."""
    return 40 + (index * 5) % 200


def frame_of(index: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A frame whose left half has the brightness of its index, and whose right half is red."""
    width, height = size
    frame = np.full((height, width, 3), level(index), np.uint8)
    frame[:, width // 2 :] = (200, 20, 20)
    return frame


def write_clip(
    path: Path,
    *,
    frames: int = 48,
    fps: int = 24,
    size: tuple[int, int] = SIZE,
    sound: bool = True,
    black: int = 0,
) -> Path:
    """A clip with faststart; the first `black` frames are black."""
    audio = AudioTrack.silent() if sound else None
    with H264Writer(
        path, *size, fps, audio=audio, preset="ultrafast", metadata={"title": "secret"}
    ) as writer:
        for index in range(frames):
            frame = frame_of(index, size)
            writer.write_rgb(np.zeros_like(frame) if index < black else frame)
    return path


def write_other(
    path: Path,
    *,
    format_name: str,
    codec: str,
    frames: int = 24,
    size: tuple[int, int] = SIZE,
    tracks: int = 1,
) -> Path:
    """A video in any container and codec, without faststart."""
    with av.open(str(path), "w", format=format_name) as container:
        streams = []
        for _ in range(tracks):
            stream = container.add_stream(codec, rate=Fraction(24))
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            streams.append(stream)
        for index in range(frames):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(frame_of(index, size)).reformat(format="yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, 24)
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


def write_sound(path: Path, *, format_name: str, codec: str, seconds: float = 1.0) -> Path:
    """A sine tone with a title tag."""
    rate = 44_100
    tone = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate).astype(np.float32)
    with av.open(str(path), "w", format=format_name) as container:
        container.metadata["title"] = "secret"
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (tone * 20000).astype(np.int16)[None, :], format="s16", layout="mono"
        )
        frame.sample_rate = rate
        frame.pts = 0
        fifo = av.AudioFifo()
        fifo.write(frame)
        wanted = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.codec_context.format, "mono", rate)
        position = 0
        while piece := fifo.read(wanted, partial=True):
            piece.pts, piece.time_base = position, Fraction(1, rate)
            position += piece.samples
            for ready in resampler.resample(piece):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def turn(path: Path, degrees: int) -> Path:
    """Give an MP4's picture track the matrix that phones write for a turned camera (clockwise)."""
    one, none, minus = struct.pack(">i", 1 << 16), struct.pack(">i", 0), struct.pack(">i", -(1 << 16))
    rows = {90: (none, one, minus, none), 180: (minus, none, none, minus), 270: (none, minus, one, none)}
    a, b, c, d = rows[degrees]
    last = struct.pack(">i", 1 << 30)
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    content[matrix : matrix + 36] = a + b + none + c + d + none + none + none + last
    path.write_bytes(content)
    return path


def png_bomb(side: int = 12_000) -> bytes:
    """A valid PNG of about 17 KB with side × side one-bit pixels."""
    row = b"\x00" + bytes(side // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + _chunk(b"IDAT", data)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(
    image_format: str, size: tuple[int, int] = (200, 120), mode: str = "RGB", **options: object
) -> bytes:
    """An image with a gradient, so that it is neither plain nor tiny."""
    width, height = size
    values = np.add.outer(np.arange(height), np.arange(width)) % 256
    image = Image.fromarray(values.astype(np.uint8)).convert("RGB")
    if mode == "RGBA":
        image.putalpha(Image.fromarray((values % 200).astype(np.uint8)))
    else:
        image = image.convert(mode)
    target = io.BytesIO()
    image.save(target, image_format, **options)
    return target.getvalue()

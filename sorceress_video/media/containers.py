"""Opens, measures and remuxes audio and video files through PyAV; FFmpeg reaches one file and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.video.reformatter import Colorspace

MAX_STREAMS = 4
MAX_FRAME_PIXELS = 4096 * 4096
VIDEO_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_EBML_HEADER = b"\x1aE\xdf\xa3"
_MATROSKA_SEGMENT = b"\x18S\x80g"
_UNSPECIFIED_MATRIX = 2
_HD_HEIGHT = 720


def open_media(path: Path, demuxers: str = VIDEO_DEMUXERS) -> InputContainer:
    """Open one file, and only it: no playlists, no lists of files, no other protocol, few bytes of guessing.

    Raises:
        FFmpegError: the file is not readable as one of the demuxers' formats.
    """
    return av.open(
        f"file:{path.absolute()}",
        options={
            "format_whitelist": demuxers,
            "protocol_whitelist": "file",
            "probesize": "5000000",
            "analyzeduration": "5000000",
            # External tracks of MOV files stay unopened.
            "enable_drefs": "0",
        },
        metadata_errors="replace",
    )


@dataclass(frozen=True)
class StreamWalk:
    """What walking a stream's packets found. Times are seconds from the beginning of the file."""

    packets: int
    end: float
    announced_end: float | None
    damaged: bool

    @property
    def is_cut(self) -> bool:
        """Whether the stream ends before what its header announces.

        Packets are not counted against the index: an edit list leaves some out of a sound file.
        """
        announced = self.announced_end
        return self.damaged or (announced is not None and self.end < announced - max(0.5, announced * 0.02))


def walk_packets(container: InputContainer) -> dict[int, StreamWalk]:
    """Read every packet without decoding it; the result is by stream index.

    A file that was cut off after its index still opens and shows its first frame: only this finds it.
    """
    origin = (container.start_time or 0) / av.time_base
    count = [0] * len(container.streams)
    end = [0.0] * len(container.streams)
    damaged = [False] * len(container.streams)
    try:
        for packet in container.demux():
            index = packet.stream.index
            if packet.size == 0 or index >= len(count):
                continue
            count[index] += 1
            damaged[index] = damaged[index] or bool(packet.is_corrupt)
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None and packet.time_base:
                end[index] = max(
                    end[index], float((time + (packet.duration or 0)) * packet.time_base) - origin
                )
    except FFmpegError:
        # What could not be read any more is missing from the counts, which is what the caller asks about.
        damaged = [True] * len(damaged)
    return {
        stream.index: StreamWalk(
            packets=count[stream.index],
            end=end[stream.index],
            announced_end=_announced_end(stream),
            damaged=damaged[stream.index],
        )
        for stream in container.streams
    }


def _announced_end(stream: Any) -> float | None:
    if not stream.duration or not stream.time_base:
        return None
    return float(stream.duration * stream.time_base)


def frame_rate(stream: Any) -> Fraction:
    """Frames a second of a video stream; 0 if the file does not say."""
    rate = stream.average_rate or stream.guessed_rate
    return Fraction(rate) if rate else Fraction(0)


def display_size(width: int, height: int, rotation: int) -> tuple[int, int]:
    """Size in pixels as a player shows it."""
    return (height, width) if rotation % 180 else (width, height)


def fit(width: int, height: int, max_width: int, max_height: int) -> tuple[int, int]:
    """The largest size of the same shape within the bounds; never larger than it was, never empty."""
    scale = min(1.0, max_width / width, max_height / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def decoded_frames(container: InputContainer, *, threads: int = 1) -> Iterator[av.VideoFrame]:
    """All frames of the first video stream, in order of display. Damaged stretches are left out."""
    if not container.streams.video:
        return
    stream = container.streams.video[0]
    if not stream.codec_context.is_open:  # A second pass decodes as the first one did.
        stream.codec_context.thread_count = threads
        if threads > 1:
            stream.thread_type = "AUTO"
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            # The decoder goes on at the next key frame, as a player would.
            continue


def source_matrix(frame: av.VideoFrame) -> int | None:
    """The colour matrix to assume: what the file says, else BT.709 for HD as players do."""
    if frame.colorspace != _UNSPECIFIED_MATRIX or frame.height < _HD_HEIGHT:
        return None
    return int(Colorspace.ITU709)


def rgb_frame(frame: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
    """The frame as rgb24 of that size, not yet turned upright."""
    return frame.reformat(
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=source_matrix(frame),
        interpolation="AREA" if width < frame.width else "BICUBIC",
    )


def remux(
    source: InputContainer,
    target: Path,
    streams: list[Any],
    *,
    format_name: str,
    options: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
) -> None:
    """Copy streams into a new container without touching their frames; tags and chapters stay behind.

    Args:
        source: where the streams are.
        target: the new file.
        streams: what is copied.
        format_name: FFmpeg's name of the container.
        options: of its writer.
        tags: what the new file says of itself.

    Raises:
        FFmpegError: the packets do not fit the container.
        OSError: the file cannot be written.
    """
    output: OutputContainer = av.open(
        f"file:{target.absolute()}", "w", format=format_name, options=dict(options)
    )
    with output:
        output.metadata.update(tags or {})
        copies = {stream.index: output.add_stream_from_template(stream) for stream in streams}
        for copy in copies.values():
            copy.metadata.clear()
        for packet in _timed_packets(source, streams):
            packet.stream = copies[packet.stream.index]
            output.mux(packet)


def _timed_packets(source: InputContainer, streams: list[Any]) -> Iterator[av.Packet[Any]]:
    """All packets with a time of decoding, which Matroska does not tell for the first reordered frames."""
    waiting: dict[int, list[av.Packet[Any]]] = {stream.index: [] for stream in streams}
    started: set[int] = set()
    for packet in source.demux(streams):
        index = packet.stream.index
        if packet.size == 0:
            continue
        if index in started:
            if packet.dts is not None:
                yield packet
            continue
        waiting[index].append(packet)
        if packet.dts is not None:
            started.add(index)
            yield from _backdated(waiting.pop(index), packet.dts)
    for held in waiting.values():
        for packet in held:
            if packet.pts is not None:
                packet.dts = packet.pts
                yield packet


def _backdated(packets: list[av.Packet[Any]], last: int) -> Iterator[av.Packet[Any]]:
    """Packets in a row up to one that is decoded at `last`; the ones before it are spaced by its length."""
    step = max(1, packets[-1].duration or 1)
    for place, packet in enumerate(packets):
        packet.dts = last - step * (len(packets) - 1 - place)
        yield packet


def is_faststart(path: Path) -> bool:
    """Whether an MP4 has its index before its frames, so that it plays while it loads."""
    kinds = [kind for kind, _ in _mp4_boxes(path)]
    return b"moov" in kinds and (b"mdat" not in kinds or kinds.index(b"moov") < kinds.index(b"mdat"))


def is_cut_mp4(path: Path) -> bool:
    """Whether an MP4 ends inside its index or its frames."""
    return any(not whole for kind, whole in _mp4_boxes(path) if kind in (b"moov", b"mdat", b"moof"))


def is_cut_matroska(path: Path) -> bool:
    """Whether a WebM or MKV ends before its segment does. Live recordings do not say how long that is."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(0)
        if file.read(4) != _EBML_HEADER:
            return False
        file.seek(_ebml_size(file) or 0, 1)
        if file.read(4) != _MATROSKA_SEGMENT:
            return False
        size = _ebml_size(file)
        return size is not None and file.tell() + size > end


def _ebml_size(file: IO[bytes]) -> int | None:
    """A length in Matroska's own notation; nothing if it is left open. (RFC 8794, section 4)"""
    first = file.read(1)
    if not first or not first[0]:
        return None
    extra = 8 - first[0].bit_length()
    value = int.from_bytes(first + file.read(extra), "big") & ((1 << 7 * (extra + 1)) - 1)
    return None if value == (1 << 7 * (extra + 1)) - 1 else value


def _mp4_boxes(path: Path) -> Iterator[tuple[bytes, bool]]:
    """The outermost boxes of an MP4: type, and whether the file holds all of it."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        position = 0
        while position + 8 <= end:
            file.seek(position)
            header = file.read(16)
            size, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if size == 1:
                size = int.from_bytes(header[8:16], "big")
            elif size == 0:  # By the standard: up to the end of the file.
                size = end - position
            if size < 8:
                return
            position += size
            yield kind, position <= end

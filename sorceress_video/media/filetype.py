"""Says what a file really is by its first bytes. Names and declared types prove nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HEAD_BYTES = 512


class MediaKind(StrEnum):
    """What a file is to the workspace."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True)
class FileType:
    """A recognised type.

    Attributes:
        name: as people call it, with its article: “a PNG image”.
        kind: what the workspace can use it as; nothing if it never opens such files.
        demuxers: FFmpeg's names of the only demuxers that may open it.
    """

    name: str
    kind: MediaKind | None = None
    demuxers: str = ""


PNG = FileType("a PNG image", MediaKind.IMAGE)
JPEG = FileType("a JPEG image", MediaKind.IMAGE)
WEBP = FileType("a WebP image", MediaKind.IMAGE)
MP4 = FileType("an MP4 or MOV video", MediaKind.VIDEO, "mov,mp4,m4a,3gp,3g2,mj2")
MATROSKA = FileType("a WebM or MKV video", MediaKind.VIDEO, "matroska,webm")
MP3 = FileType("an MP3 file", MediaKind.AUDIO, "mp3")
WAV = FileType("a WAV file", MediaKind.AUDIO, "wav")
M4A = FileType("an M4A file", MediaKind.AUDIO, "mov,mp4,m4a,3gp,3g2,mj2")
EMPTY = FileType("an empty file")
UNKNOWN = FileType("a file of an unknown type")

_BRANDS = {
    b"M4A ": M4A,
    b"M4B ": M4A,
    b"heic": FileType("an HEIC photo"),
    b"heix": FileType("an HEIC photo"),
    b"mif1": FileType("an HEIF photo"),
    b"msf1": FileType("an HEIF photo"),
    b"avif": FileType("an AVIF image"),
    b"avis": FileType("an animated AVIF image"),
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"\x1aE\xdf\xa3", MATROSKA),
    (b"ID3", MP3),
    (b"GIF87a", FileType("a GIF image")),
    (b"GIF89a", FileType("a GIF image")),
    (b"BM", FileType("a BMP image")),
    (b"II*\x00", FileType("a TIFF image")),
    (b"MM\x00*", FileType("a TIFF image")),
    (b"fLaC", FileType("a FLAC file")),
    (b"OggS", FileType("an Ogg file")),
    (b"PK\x03\x04", FileType("a ZIP archive")),
    (b"%PDF-", FileType("a PDF document")),
    (b"ffconcat", FileType("a list of other files")),
    (b"#EXTM3U", FileType("a playlist")),
)
_RIFF = {b"WEBP": WEBP, b"WAVE": WAV, b"AVI ": FileType("an AVI video")}
_MP4_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_TEXTS = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), FileType("an SVG drawing")),
    (re.compile(rb"<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE), FileType("a web page")),
    (re.compile(rb"^\s*<"), FileType("an XML document")),
    (re.compile(rb"^\s*[\[{]"), FileType("a JSON document")),
)
_TEXT = FileType("a text file")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def file_type_of(path: Path) -> FileType:
    """The type of the file at a path, by its content."""
    with path.open("rb") as file:
        return file_type(file.read(HEAD_BYTES))


def file_type(head: bytes) -> FileType:
    """The type of a file that begins with these bytes (512 are enough)."""
    if not head:
        return EMPTY
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], MP4)
    if head[4:8] in _MP4_BOXES:
        return MP4
    return MP3 if _is_mpeg_audio(head) else _text_type(head)


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether an MPEG audio frame of layer III begins here: sync word, valid bit rate and sample rate."""
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2
        and head[2] >> 4 not in (0, 15)
        and head[2] >> 2 & 3 != 3
    )


def _text_type(head: bytes) -> FileType:
    if _BINARY.search(head):
        return UNKNOWN
    for pattern, found in _TEXTS:
        if pattern.search(head):
            return found
    return _TEXT

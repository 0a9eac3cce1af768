"""Names of files that come from people: what a label keeps of one, and how a download is called."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import quote, unquote

_LONGEST_LABEL: Final = 120
_EXTENSIONS: Final = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/ogg": ".ogg",
    "application/zip": ".zip",
}
# What Windows does not let a file be called, whatever its extension.
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


def label_from_header(value: str) -> str:
    """The label in a percent-encoded ``X-File-Name``: its last part, without characters that nobody sees."""
    return clean_label(unquote(value, errors="replace"))


def clean_label(name: str) -> str:
    """One line of visible characters, at most 120, without folders and marks that turn text around."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C"
    )
    return " ".join(visible.split())[:_LONGEST_LABEL]


def safe_stem(name: str) -> str:
    """A label as a file may be called on every system, without an extension."""
    stem = "".join("_" if letter in '<>:"|?*%' else letter for letter in clean_label(name)).strip(" .")
    if not stem or stem.partition(".")[0].lower() in _RESERVED:
        return f"clip-{stem}" if stem else "clip"
    return stem


def clip_stem(model_name: str, clip_id: str) -> str:
    """What a downloaded clip is called: model and the first part of its id, as its card says it."""
    return safe_stem(f"{model_name.lower().replace(' ', '-')}-{clip_id[:10]}")


def extension_of(mime: str) -> str:
    """“.mp4”, by the type of a file."""
    return _EXTENSIONS.get(mime, ".bin")


def attachment(name: str, mime: str) -> str:
    """``Content-Disposition`` that saves a file under a name (RFC 6266), with the extension of its type."""
    extension = extension_of(mime)
    stem = safe_stem(clean_label(name).removesuffix(extension))
    plain = "".join(letter if letter.isascii() else "_" for letter in stem)
    encoded = quote(f"{stem}{extension}", safe="")
    return f"attachment; filename=\"{plain}{extension}\"; filename*=UTF-8''{encoded}"

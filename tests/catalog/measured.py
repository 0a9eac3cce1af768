"""Measured files for tests: what the library would have found out about an upload."""

from __future__ import annotations

from dataclasses import dataclass

from sorceress_video.catalog import InputRole


@dataclass(frozen=True)
class Measured:
    """A file in a role; a 1280×720 PNG of 1 MB unless told otherwise."""

    role: InputRole
    kind: str = "image"
    mime: str = "image/png"
    bytes: int = 1_000_000
    width: int | None = 1280
    height: int | None = 720
    seconds: float | None = None


def video(role: InputRole, seconds: float, **changes: object) -> Measured:
    """An MP4 of 1280×720."""
    return Measured(role, **{"kind": "video", "mime": "video/mp4", "seconds": seconds, **changes})  # type: ignore[arg-type]


def audio(role: InputRole, seconds: float, **changes: object) -> Measured:
    """An MP3."""
    facts = {"kind": "audio", "mime": "audio/mpeg", "seconds": seconds, "width": None, "height": None}
    return Measured(role, **{**facts, **changes})  # type: ignore[arg-type]

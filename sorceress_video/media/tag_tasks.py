"""The child's task that writes a video again with tags; no frame is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sorceress_video.media import containers
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.judge import Judge


def tagged_copy(*, tags: dict[str, str]) -> dict[str, Any]:
    """Write ``copy``: the same packets, the index in front, and these tags."""
    with Judge(MediaUnreadable, "The video").reading(), containers.open_media(Path(INPUT_NAME)) as source:
        streams = [stream for stream in source.streams if stream.type in ("video", "audio")]
        containers.remux(
            source,
            Path("copy"),
            streams,
            format_name="mp4",
            options={"movflags": "+faststart"},
            tags=tags,
        )
    return {}

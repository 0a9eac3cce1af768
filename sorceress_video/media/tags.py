"""Tags of a downloaded clip: how it was made, in the standard fields of an MP4, and once more as JSON."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sorceress_video.media.sandbox import Bounds, run_task

RECIPE_TAG: Final = "synopsis"
"""The field of the JSON; ``ldes`` in the file. Players that show it show readable text."""
RECIPE_FORMAT: Final = "sorceress-clip"
RECIPE_VERSION: Final = 1

LONGEST_RECIPE: Final = 64 * 1024
"""Characters of the JSON that are read at most."""

LONGEST_PROMPT: Final = 20_000

_LONGEST_TITLE: Final = 120
_LONGEST_DESCRIPTION: Final = 8_000
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClipTags:
    """How a clip was made. What is not known is None."""

    prompt: str
    model_id: str
    model_name: str
    mode: str
    settings: Mapping[str, Any]
    settings_line: str
    seed: int | None
    made_at: datetime

    def recipe(self) -> str:
        """The JSON from which the workspace can fill its panels again."""
        prompt = _storable(self.prompt)[:LONGEST_PROMPT]
        return json.dumps(
            {
                "format": RECIPE_FORMAT,
                "version": RECIPE_VERSION,
                "prompt": prompt,
                "model": {"id": self.model_id, "name": self.model_name},
                "mode": self.mode,
                "settings": dict(self.settings),
                "seed": self.seed,
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    def fields(self) -> dict[str, str]:
        """The tags by their common names: title, artist, date, description, comment, and the JSON."""
        title = " ".join(self.prompt.split())
        details = [self.model_name, self.settings_line, "" if self.seed is None else f"seed {self.seed}"]
        tags = {
            "title": title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…",
            "artist": self.model_name,
            "date": self.made_at.isoformat(timespec="seconds"),
            "description": self.prompt[:_LONGEST_DESCRIPTION],
            "comment": " · ".join(detail for detail in details if detail),
            RECIPE_TAG: self.recipe(),
        }
        return {name: _storable(value) for name, value in tags.items() if value}

    def digest(self) -> str:
        """Hexadecimal name of what the tags say, to know a copy by that already has them."""
        return hashlib.sha256(json.dumps(self.fields(), sort_keys=True).encode()).hexdigest()


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    id: str = Field(max_length=80)
    name: str = Field(max_length=120)


class Recipe(BaseModel):
    """What a film says of how it was made. Anybody may have written it: values to check again."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["sorceress-clip"]
    version: Literal[1]
    prompt: str = Field(max_length=LONGEST_PROMPT)
    model: _Model
    mode: str = Field(max_length=16)
    settings: dict[Annotated[str, Field(max_length=40)], JsonValue] = Field(max_length=64)
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None


def read_recipe(text: str) -> Recipe | None:
    """The recipe in a film's JSON tag; None for everything else, whatever it is."""
    if len(text) > LONGEST_RECIPE:
        return None
    try:
        return Recipe.model_validate_json(text)
    except ValueError:
        return None


def write_tagged(video: Path, out: Path, tags: ClipTags) -> None:
    """Write a copy of an MP4 with tags, without encoding anything again; it plays while it loads.

    Raises:
        MediaUnreadable: the video cannot be read.
        SandboxFailed: it broke the decoder's bounds.
        StorageFull: no room is left; nothing was written.
    """
    size = video.stat().st_size
    bounds = Bounds(
        memory=1024 * _MIB, file_size=size + size // 4 + 16 * _MIB, cpu_seconds=60, wall_seconds=90
    )
    run_task("tagged_copy", video, {"copy": out}, {"tags": tags.fields()}, bounds=bounds)


def _storable(text: str) -> str:
    """Without control characters, of which one ends the text for FFmpeg, and without half characters."""
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode()

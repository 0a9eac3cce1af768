"""What the Sandbox renderer is asked for, and how it says that it was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

CameraMove = Literal["auto", "push in", "pull out", "pan left", "pan right", "rise", "orbit", "hold"]
CAMERA_MOVES: tuple[CameraMove, ...] = get_args(CameraMove)

Grade = Literal["auto", "dusk", "dawn", "day", "night", "storm", "neon"]
GRADES: tuple[Grade, ...] = get_args(Grade)

_Side = Annotated[int, Field(ge=32, le=4096, multiple_of=2)]


class RenderCancelled(Exception):  # noqa: N818  (a person's wish, not a failure)
    """`cancelled()` said yes; nothing was left on disk."""


class RenderSpec(BaseModel):
    """One animatic.

    What is shown follows from what is given, in this order: a motion clip drives the start frame (or
    the first reference); a start and an end frame are joined; one frame alone gets a camera move; several
    references become a montage; the prompt alone becomes a landscape with a title card.

    Attributes:
        width, height: pixels, both even.
        fps: frames a second.
        seconds: length; the clip has `round(seconds * fps)` frames, at least one.
        seed: same spec and seed, same frames.
        motion_fps: frames a second of the motion clip, as its inspection found them.
        camera: the move over stills and scenery; `auto` reads the prompt, then the seed.
        grade: the light of generated scenery; `auto` reads the prompt.
        title: whether generated scenery shows the prompt; the label “Animatic preview” always stays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str = ""
    width: _Side
    height: _Side
    fps: int = Field(default=24, ge=1, le=60)
    seconds: float = Field(gt=0, le=60)
    seed: int = 0
    start_frame: Path | None = None
    end_frame: Path | None = None
    motion_clip: Path | None = None
    motion_fps: float = Field(default=24.0, gt=0, le=240)
    references: tuple[Path, ...] = Field(default=(), max_length=9)
    camera: CameraMove = "auto"
    grade: Grade = "auto"
    title: bool = True

    @property
    def frame_count(self) -> int:
        """Frames of the finished clip."""
        return max(1, round(self.seconds * self.fps))

    @property
    def has_pictures(self) -> bool:
        """Whether the clip shows what was given, and not generated scenery."""
        return bool(self.start_frame or self.end_frame or self.references)

    @property
    def last_moment(self) -> float:
        """When the last frame is shown, in seconds; every move and fade ends there."""
        return max(1e-3, (self.frame_count - 1) / self.fps)

    @model_validator(mode="after")
    def _motion_needs_a_subject(self) -> Self:
        if self.motion_clip is not None and self.start_frame is None and not self.references:
            raise ValueError("A motion clip needs a start frame or a reference image to move.")
        return self

"""What the lightbox says about a clip: a frozen shape that travels to the browser, mostly words."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class InputPicture:
    """A file that went along with the clip; ``poster`` is its small picture, where it has one."""

    label: str
    poster: str
    url: str


@dataclass(frozen=True)
class Fact:
    """One line of the column: “Model”, “Kling 3.0 Pro”."""

    name: str
    value: str


@dataclass(frozen=True)
class Story:
    """Everything about one clip. Times in Unix seconds; "" and 0 stand for what is not known."""

    id: str = ""
    prompt: str = ""
    model: str = ""
    video: str = ""
    favorite: bool = False
    fps: float = 0.0
    sound: bool = False
    facts: list[Fact] = field(default_factory=list)
    cost: str = ""
    billed: str = ""
    """“billed”, “not charged”, “may be billed” or “estimate”."""
    made: int = 0
    inputs: list[InputPicture] = field(default_factory=list)

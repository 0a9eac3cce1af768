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
class Relative:
    """A clip of the family as a small picture; ``video`` is empty where it cannot be opened."""

    id: str
    model: str
    prompt: str
    poster: str
    video: str
    width: int
    height: int
    note: str
    """How it comes from its parent, or how it stands: “Reroll”, “Failed”."""


@dataclass(frozen=True)
class Family:
    """Where a clip comes from and what came of it. Every list is short."""

    parents: list[Relative] = field(default_factory=list)
    how: str = ""
    """How it comes from its parent: “Reroll”."""
    siblings: list[Relative] = field(default_factory=list)
    """Those of the same click, the clip itself among them."""
    children: list[Relative] = field(default_factory=list)
    more: int = 0
    """Children beyond those that are listed."""
    batch: list[str] = field(default_factory=list)
    """Ids of the finished ones of the same click, as many as can be compared."""


@dataclass(frozen=True)
class Story:
    """Everything about one clip. Times in Unix seconds; "" and 0 stand for what is not known."""

    id: str = ""
    prompt: str = ""
    model: str = ""
    model_id: str = ""
    video: str = ""
    download: str = ""
    favorite: bool = False
    own: bool = False
    """Whether it is the member's own, who may do everything with it; else it is there to be looked at."""
    fps: float = 0.0
    sound: bool = False
    facts: list[Fact] = field(default_factory=list)
    settings: list[Fact] = field(default_factory=list)
    """Every setting that the model got, by the words of its panel."""
    cost: str = ""
    billed: str = ""
    """“billed”, “not charged”, “may be billed” or “estimate”."""
    made: int = 0
    inputs: list[InputPicture] = field(default_factory=list)
    family: Family = Family()

"""What the model panel shows: frozen shapes that travel to the browser."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Badge:
    """A coloured word on a card."""

    label: str
    tone: str


@dataclass(frozen=True)
class ModelCard:
    """The part of a card that stays: ``lock`` says in one line what is missing, empty when nothing is.

    ``has_audio`` is whether its clips can have sound.
    """

    id: str
    name: str
    vendor: str
    kinds: list[str]
    badges: list[Badge]
    lock: str
    has_settings: bool
    has_audio: bool


@dataclass(frozen=True)
class OptionRow:
    """One choice of a setting."""

    value: str
    label: str
    enabled: bool
    selected: bool
    reason: str


@dataclass(frozen=True)
class SettingRow:
    """One setting with the control that suits it: segments, select, switch, slider, number or text."""

    name: str
    label: str
    help: str
    control: str
    value: str
    checked: bool
    number: float
    min: float
    max: float
    step: float
    unit: str
    changed: bool
    options: list[OptionRow]
    reasons: list[str]


@dataclass(frozen=True)
class SettingsSheet:
    """The settings of one model."""

    model_id: str = ""
    name: str = ""
    vendor: str = ""
    rows: list[SettingRow] = field(default_factory=list)
    changed: bool = False


@dataclass(frozen=True)
class Fact:
    """A line of the summary; ``yes`` matters only for what a model can or cannot do."""

    label: str
    text: str = ""
    yes: bool = False


@dataclass(frozen=True)
class InfoSheet:
    """Everything about one model in words."""

    model_id: str = ""
    name: str = ""
    vendor: str = ""
    summary: str = ""
    abilities: list[Fact] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    limits: list[Fact] = field(default_factory=list)
    prices: list[Fact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

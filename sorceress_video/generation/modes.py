"""Which kinds of generation the selected models offer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sorceress_video.catalog import Mode, ModelSpec

TABS: tuple[Mode, ...] = (Mode.TEXT, Mode.IMAGE, Mode.MOTION, Mode.MULTIMODAL)
"""The modes that have a tab, in their order."""


@dataclass(frozen=True, slots=True)
class ModeTab:
    """One tab. ``blockers`` are the selected models that do not do it."""

    mode: Mode
    label: str
    usable: bool
    blockers: tuple[ModelSpec, ...]
    reason: str


def mode_tabs(models: Sequence[ModelSpec]) -> tuple[ModeTab, ...]:
    """A tab for each mode that any selected model has; usable only if all of them have it."""
    return tuple(_tab(mode, models) for mode in TABS if any(mode in model.modes for model in models))


def _tab(mode: Mode, models: Sequence[ModelSpec]) -> ModeTab:
    blockers = tuple(model for model in models if mode not in model.modes)
    verb = "do" if len(blockers) > 1 else "does"
    reason = f"{listed([model.name for model in blockers])} {verb} not do {mode.label}." if blockers else ""
    return ModeTab(mode, mode.label, not blockers, blockers, reason)


def settled_mode(models: Sequence[ModelSpec], wanted: Mode) -> Mode:
    """The mode to be in after the selection changed: the wanted one if usable, else the first usable."""
    usable = [tab.mode for tab in mode_tabs(models) if tab.usable]
    if wanted in usable or not usable:
        return wanted
    return usable[0]


def listed(names: Sequence[str]) -> str:
    """“A”, “A and B”, “A, B and C”; nothing of nothing."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)

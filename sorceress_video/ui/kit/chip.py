"""Small words on a ground: kinds, badges, states."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from sorceress_video.ui.kit.classes import join

Tone = Literal["quiet", "accent", "gold", "info", "ok", "bad"]

TONES: dict[Tone, str] = {
    "quiet": "bg-bg-3 text-text-2",
    "accent": "bg-accent-soft text-accent font-semibold",
    "gold": "bg-gold-soft text-gold font-semibold",
    "info": "bg-info-soft text-info font-semibold",
    "ok": "bg-bg-2 ring-1 ring-inset ring-ok/40 text-ok font-semibold",
    "bad": "bg-bad-soft text-bad font-semibold",
}

_BASE = "inline-flex items-center h-[18px] px-1 rounded-xs text-xs whitespace-nowrap"


def chip(
    label: str | rx.Var[str], *, tone: Tone = "quiet", class_name: str = "", **props: Any
) -> rx.Component:
    """A chip whose tone is known when the page is built."""
    return rx.el.span(label, class_name=join(_BASE, TONES[tone], class_name), **props)


def toned_chip(label: rx.Var[str], tone: rx.Var[str], **props: Any) -> rx.Component:
    """A chip whose tone comes with the data."""
    looks = rx.match(tone, *TONES.items(), TONES["quiet"])
    return rx.el.span(label, class_name=[_BASE, looks], **props)

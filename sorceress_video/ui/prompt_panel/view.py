"""The right panel: modes, prompt, frames, estimate, the button."""

from __future__ import annotations

import reflex as rx

from sorceress_video.catalog import Mode
from sorceress_video.ui import kit
from sorceress_video.ui.frame.panel import fold_button, side_panel
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.prompt_panel.client import DockPrompt, FrameSlots, GenerateButton, PromptBox, Trays
from sorceress_video.ui.prompt_panel.models import ModeTab, Note
from sorceress_video.ui.prompt_panel.money import money
from sorceress_video.ui.prompt_panel.state import PromptState

PANEL_ID = "panel-prompt"
PLACEHOLDER = "Describe the shot: who or what, what happens, how the camera moves."


def prompt_panel() -> rx.Component:
    """A column on wide screens, a sheet on small ones."""
    return side_panel(
        rx.el.div(
            kit.tabs(
                rx.foreach(PromptState.tabs, _tab),
                label="Kind of generation",
                class_name="flex-1 min-w-0 -ml-1.5 !gap-0",
            ),
            fold_button("right", "prompt"),
            class_name="flex items-center h-12 px-3 border-b border-line shrink-0",
        ),
        rx.foreach(PromptState.tabs, _blocked),
        rx.el.div(
            PromptBox.create(
                text=PromptState.text,
                version=PromptState.text_version,
                limit=PromptState.limit,
                limited_by=PromptState.limited_by,
                placeholder=PLACEHOLDER,
                references=PromptState.references,
                labelled=PromptState.mode == Mode.MULTIMODAL.value,
                history=PromptState.history,
                history_read=PromptState.history_read,
                on_sync=PromptState.sync_text,
                on_history=PromptState.read_history,
            ),
            FrameSlots.create(
                slots=PromptState.slots,
                signed_in=FrameState.signed_in,
                on_uploaded=PromptState.use_frame,
                on_clip_frame=PromptState.use_clip_frame,
                on_remove=PromptState.remove_frame,
            ),
            Trays.create(
                trays=PromptState.trays,
                signed_in=FrameState.signed_in,
                on_add=PromptState.add_file,
                on_film=PromptState.add_film,
                on_remove=PromptState.remove_file,
                on_move=PromptState.move_file,
                on_trim=PromptState.trim_motion,
            ),
            rx.el.div(
                rx.foreach(PromptState.notes, _note),
                class_name="flex flex-col gap-1.5 empty:hidden",
            ),
            class_name="panel-body kit-scroll flex flex-col gap-4 px-3 py-3.5",
        ),
        _foot(),
        side="right",
        id=PANEL_ID,
        label="Prompt",
        rail="Prompt",
    )


def dock() -> rx.Component:
    """Small screens: the prompt's first line and the button, within the thumb's reach."""
    return rx.el.div(
        DockPrompt.create(empty="Describe the shot"),
        _button(compact=True),
        class_name="frame-dock lg:hidden flex items-center gap-2.5 px-3 pt-3 border-t border-line bg-bg-1",
    )


def _tab(tab: rx.Var[ModeTab]) -> rx.Component:
    return kit.tab(
        tab.short,
        aria_label=tab.label,
        selected=tab.selected,
        on_click=PromptState.choose_mode(tab.mode),
        aria_disabled=~tab.usable,
        data_tip=tab.reason,
        data_testid="mode-" + tab.mode,
        class_name="!px-1.5 max-lg:!px-2.5",  # All four stand beside the fold button of the narrowest panel.
    )


def _blocked(tab: rx.Var[ModeTab]) -> rx.Component:
    """Who keeps a mode from being used, once somebody asked for it, and the way out."""
    return rx.cond(
        (PromptState.blocked_mode == tab.mode) & ~tab.usable,
        rx.el.div(
            rx.el.p(tab.reason, class_name="text-sm text-text-2 text-pretty"),
            kit.button(
                tab.remedy,
                variant="outline",
                on_click=PromptState.leave_out(tab.mode),
                data_testid="mode-deselect",
            ),
            role="status",
            data_testid="mode-blocked",
            class_name="flex flex-col items-start gap-2 px-3 py-2.5 border-b border-line bg-bg-2",
        ),
    )


def _note(note: rx.Var[Note]) -> rx.Component:
    return rx.cond(
        note.tone == "bad",
        kit.note(note.text, tone="bad", data_testid="input-refused"),
        kit.note(note.text, data_testid="input-note"),
    )


def _foot() -> rx.Component:
    return rx.el.div(
        rx.cond(
            PromptState.refusal != "",
            kit.note(PromptState.refusal, tone="bad", role="alert", data_testid="refusal"),
        ),
        money(),
        _button(compact=False),
        class_name="shrink-0 flex flex-col gap-3 px-3 pt-3 pb-3 border-t border-line",
    )


def _button(*, compact: bool) -> rx.Component:
    return GenerateButton.create(
        faces=PromptState.faces,
        limit=PromptState.limit,
        limited_by=PromptState.limited_by,
        accepted=PromptState.accepted,
        answers=PromptState.answers,
        compact=compact,
        on_generate=PromptState.generate,
    )
